local buffer = vim.api.nvim_get_current_buf()
local livebook = require('livebook_ls')

vim.bo[buffer].commentstring = '<!-- %s -->'
vim.bo[buffer].autoread = true
-- Without the parser a notebook is read without colours rather than not at all.
if not pcall(vim.treesitter.start, buffer, 'markdown') then
  vim.bo[buffer].syntax = 'markdown'
end

local commands = {
  LivebookOpen = { 'livebook.open', 'Open the notebook in Livebook' },
  LivebookSync = { 'livebook.sync', 'Sync the saved notebook to its session' },
  LivebookRestamp = { 'livebook.restamp', "Bring the notebook into Livebook's form with a fresh stamp" },
}
for name, command in pairs(commands) do
  vim.api.nvim_buf_create_user_command(buffer, name, function()
    livebook.execute(buffer, command[1])
  end, { desc = command[2] })
end
vim.api.nvim_buf_create_user_command(buffer, 'LivebookStatus', function()
  livebook.show_status(buffer)
end, { desc = 'Say how the notebook stands' })

vim.b[buffer].undo_ftplugin = (vim.b[buffer].undo_ftplugin or 'exe')
  .. '|setlocal commentstring< autoread<'
  .. '|silent! delcommand -buffer LivebookOpen|silent! delcommand -buffer LivebookSync'
  .. '|silent! delcommand -buffer LivebookRestamp|silent! delcommand -buffer LivebookStatus'
