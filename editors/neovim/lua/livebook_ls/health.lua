--- :checkhealth livebook_ls, or :checkhealth livebook
local M = {}

function M.check()
  local health = vim.health
  health.start('livebook-ls')
  if vim.fn.has('nvim-0.10') == 0 then
    health.error('Neovim 0.10 or newer is needed.')
    return
  end
  if vim.fn.has('nvim-0.11') == 0 then
    health.warn('This is Neovim before 0.11, without folds and code lenses by the server.')
  end

  local command = vim.lsp.config and (vim.lsp.config.livebook_ls or {}).cmd or { 'livebook-ls' }
  local program = type(command) == 'table' and command[1] or nil
  if program and vim.fn.executable(program) == 1 then
    health.ok(('The server is %s.'):format(vim.fn.exepath(program)))
    M.doctor(program)
  else
    health.error('The server is not found.', {
      'Install it from a checkout: pipx install /path/to/livebook-ls',
      "Or name it: vim.lsp.config('livebook_ls', { cmd = { '/path/to/livebook-ls', '--stdio' } })",
    })
  end

  if pcall(vim.treesitter.language.inspect, 'markdown') then
    health.ok('The Markdown parser is there.')
  else
    health.warn('The Markdown parser is missing: notebooks have fewer colours.')
  end
  local running = #vim.lsp.get_clients({ name = 'livebook_ls' })
  health.info(running > 0 and 'The server is running.' or 'The server is not running; it starts with the first notebook.')
end

--- What the server itself finds.
---@param program string
function M.doctor(program)
  local done = vim.system({ program, 'doctor' }, { text = true }):wait(15000)
  local said = vim.trim((done.stdout or '') .. (done.stderr or ''))
  if done.code == 0 then
    vim.health.ok(said)
  else
    vim.health.warn(said)
  end
end

return M
