--- :checkhealth livebook
return require('livebook_ls.health')
