--- Other files made into notebooks, by the program: no server is needed for it.
local M = {}

--- Imports a file and shows the notebook.
---@param file string
function M.import(file)
  local command = vim.lsp.config and (vim.lsp.config.livebook_ls or {}).cmd or { 'livebook-ls' }
  local program = type(command) == 'table' and command[1] or 'livebook-ls'
  local started, done = pcall(function()
    return vim.system({ program, 'import', vim.fn.expand(file) }, { text = true }):wait()
  end)
  if not started or done.code ~= 0 then
    local said = started and vim.trim(done.stderr) or (program .. ' is not found.')
    vim.notify(said, vim.log.levels.WARN)
    return
  end
  vim.cmd.edit(vim.fn.fnameescape(vim.trim(done.stdout)))
end

return M
