--- What the server says about notebooks, and the commands that it takes.
local M = {}

local NAME = 'livebook_ls'
local ICONS = {
  looking = '…',
  opening = '…',
  syncing = '…',
  inSync = '✓',
  reformatted = '✓',
  detached = '○',
  notRunning = '○',
  changed = '!',
  held = '!',
  died = '!',
  refused = '!',
  failed = '!',
}

---@class livebook_ls.Report
---@field uri string
---@field state string
---@field url? string
---@field sentence string

--- Keeps a report with its buffer, and looks at the file when Livebook may have written it.
---@param report livebook_ls.Report
function M.note(report)
  local buffer = vim.uri_to_bufnr(report.uri)
  if not vim.api.nvim_buf_is_loaded(buffer) then
    return
  end
  vim.b[buffer].livebook_status = report
  vim.schedule(function()
    M.reload(buffer)
    vim.cmd.redrawstatus({ bang = true })
  end)
end

--- Takes what is on the disk, where nothing in the buffer would be lost.
---@param buffer integer
function M.reload(buffer)
  if vim.api.nvim_buf_is_loaded(buffer) and not vim.bo[buffer].modified then
    vim.cmd.checktime(buffer)
  end
end

--- For 'statusline': %{%v:lua.require'livebook_ls'.statusline()%}; empty outside notebooks.
---@return string
function M.statusline()
  local report = vim.b.livebook_status
  if not report then
    return ''
  end
  return 'Livebook ' .. (ICONS[report.state] or report.sentence:gsub('%%', '%%%%'))
end

--- Runs a command of the server for a buffer.
---@param buffer integer
---@param command string
---@param done? fun(result: any)
function M.execute(buffer, command, done)
  local client = vim.lsp.get_clients({ bufnr = buffer, name = NAME })[1]
  if not client then
    vim.notify('The Livebook server is not running; :checkhealth livebook_ls says why.', vim.log.levels.WARN)
    return
  end
  local params = { command = command, arguments = { vim.uri_from_bufnr(buffer) } }
  client:request('workspace/executeCommand', params, function(problem, result)
    if problem then
      vim.notify(problem.message, vim.log.levels.ERROR)
    elseif done then
      done(result)
    end
  end, buffer)
end

--- Says how a notebook stands.
---@param buffer integer
function M.show_status(buffer)
  M.execute(buffer, 'livebook.status', function(report)
    if report and report ~= vim.NIL then
      local has_url = report.url and report.url ~= vim.NIL
      vim.notify(report.sentence .. (has_url and ('\n' .. report.url) or ''))
    end
  end)
end

return M
