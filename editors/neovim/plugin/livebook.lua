-- Neovim 0.8 and later know the file type; the colours are Markdown's.
if vim.g.loaded_livebook_ls or vim.fn.has('nvim-0.11') == 0 then
  return
end
vim.g.loaded_livebook_ls = true

if not vim.filetype.match({ filename = 'note.livemd' }) then
  vim.filetype.add({ extension = { livemd = 'livebook' } })
end
vim.treesitter.language.register('markdown', 'livebook')
vim.lsp.enable('livebook_ls')
