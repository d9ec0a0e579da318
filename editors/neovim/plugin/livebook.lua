-- Neovim 0.8 and later know the file type; the colours are Markdown's.
if vim.g.loaded_livebook_ls or vim.fn.has('nvim-0.10') == 0 then
  return
end
vim.g.loaded_livebook_ls = true

if not vim.filetype.match({ filename = 'note.livemd' }) then
  vim.filetype.add({ extension = { livemd = 'livebook' } })
end
vim.treesitter.language.register('markdown', 'livebook')
if vim.lsp.enable then
  vim.lsp.enable('livebook_ls')
end
vim.api.nvim_create_user_command('LivebookNew', function(given)
  require('livebook_ls.editing').new_notebook(given.args)
end, { desc = 'Begin a new notebook', nargs = '?', complete = 'file' })
local group = vim.api.nvim_create_augroup('livebook_ls', {})
vim.api.nvim_create_autocmd('FileType', {
  group = group,
  pattern = 'livebook',
  callback = function(event)
    require('livebook_ls.buffer').set_up(event.buf)
  end,
})
-- A plugin manager may load this for a notebook that is open already.
for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
  if vim.api.nvim_buf_is_loaded(buffer) and vim.bo[buffer].filetype == 'livebook' then
    require('livebook_ls.buffer').set_up(buffer)
  end
end
vim.api.nvim_create_autocmd('LspAttach', {
  group = group,
  callback = function(event)
    require('livebook_ls').attached(event.buf, event.data.client_id)
  end,
})
-- Also where no notebook is open, and so no server is there.
vim.api.nvim_create_user_command('LivebookImport', function(given)
  require('livebook_ls.importing').import(given.args)
end, { nargs = 1, complete = 'file', desc = 'Make a notebook of an .ipynb, .exs or .md file' })
