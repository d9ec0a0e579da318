--- What the server says about notebooks, and the commands that it takes.
local M = {}

local NAME = 'livebook_ls'
-- Livebook or the server may be writing the file.
local UNDER_WAY = '…'
local ICONS = {
  looking = UNDER_WAY,
  opening = UNDER_WAY,
  syncing = UNDER_WAY,
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
    -- What is halfway written is put back in a moment, and must not be taken over.
    if ICONS[report.state] ~= UNDER_WAY then
      M.reload(buffer)
    end
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

--- Starts the server for a buffer where Neovim does not do so by itself: before 0.11.
---@param buffer integer
function M.attach(buffer)
  if vim.lsp.enable then
    return
  end
  local config = dofile(vim.api.nvim_get_runtime_file('lsp/livebook_ls.lua', false)[1])
  local name = vim.api.nvim_buf_get_name(buffer)
  local marker = vim.fs.find(config.root_markers, { path = vim.fs.dirname(name), upward = true })[1]
  local capabilities = vim.lsp.protocol.make_client_capabilities()
  vim.lsp.start({
    name = NAME,
    cmd = config.cmd,
    root_dir = marker and vim.fs.dirname(marker) or nil,
    capabilities = vim.tbl_deep_extend('force', capabilities, config.capabilities),
    handlers = config.handlers,
    init_options = vim.g.livebook_ls_settings,
  }, { bufnr = buffer })
end

--- What a notebook's windows show once the server is there.
---@param buffer integer
---@param client_id integer
function M.attached(buffer, client_id)
  local client = vim.lsp.get_client_by_id(client_id)
  if not client or client.name ~= NAME then
    return
  end
  if vim.lsp.inlay_hint and not vim.g.livebook_virtual_lines then
    -- What cells gave stands behind their fences; the user's own setting for all hints is off.
    vim.lsp.inlay_hint.enable(vim.g.livebook_results ~= false, { bufnr = buffer })
  end
  local folds_at_open = vim.g.livebook_fold_outputs and not vim.b[buffer].livebook_attached
  vim.b[buffer].livebook_attached = true
  for _, window in ipairs(vim.fn.win_findbuf(buffer)) do
    M.fold_by_server(window)
    if folds_at_open then
      require('livebook_ls.folding').fold_outputs(buffer, window, false)
    end
  end
end

--- Folds by the server, all of them open, where the user has no folds of another kind.
---@param window integer
function M.fold_by_server(window)
  local options = vim.wo[window][0]
  if not vim.lsp.foldexpr or vim.g.livebook_folds == false or options.foldmethod ~= 'manual' then
    return
  end
  options.foldmethod = 'expr'
  options.foldexpr = 'v:lua.vim.lsp.foldexpr()'
  options.foldlevel = 99
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
---@param about? table what the command is for, where that is more than the buffer
function M.execute(buffer, command, done, about)
  local params = { command = command, arguments = { about or vim.uri_from_bufnr(buffer) } }
  M.request(buffer, 'workspace/executeCommand', params, done)
end

--- Asks the server; a failure is told.
---@param buffer integer
---@param method string
---@param params table
---@param done? fun(result: any)
function M.request(buffer, method, params, done)
  local client = vim.lsp.get_clients({ bufnr = buffer, name = NAME })[1]
  if not client then
    vim.notify('The Livebook server is not running; :checkhealth livebook_ls says why.', vim.log.levels.WARN)
    return
  end
  local function answered(problem, result)
    if problem then
      vim.notify(problem.message, vim.log.levels.ERROR)
    elseif done then
      done(result)
    end
  end
  if vim.fn.has('nvim-0.11') == 1 then
    client:request(method, params, answered, buffer)
  else
    client.request(method, params, answered, buffer)
  end
end

--- The lines where headings and code cells begin, from top to bottom.
---@param buffer integer
---@return integer[]
local function cells(buffer)
  local found, fence = {}, nil
  for number, line in ipairs(vim.api.nvim_buf_get_lines(buffer, 0, -1, false)) do
    local ticks, words = line:match('^(```+)(.*)$')
    if fence then
      if ticks and #ticks >= #fence and words:match('^%s*$') then
        fence = nil
      end
    elseif ticks then
      fence = ticks
      -- Outputs have no language.
      if words ~= '' then
        table.insert(found, number)
      end
    elseif line:match('^#+ ') then
      table.insert(found, number)
    end
  end
  return found
end

--- Goes to the next code cell or heading; with a count, so many further.
---@param buffer integer
function M.next_cell(buffer)
  M.go(buffer, vim.v.count1)
end

--- Goes to the previous code cell or heading; with a count, so many further.
---@param buffer integer
function M.previous_cell(buffer)
  M.go(buffer, -vim.v.count1)
end

--- Goes so many cells down, or up; stays where there is none that way.
---@param buffer integer
---@param by integer
function M.go(buffer, by)
  local here = vim.api.nvim_win_get_cursor(0)[1]
  local before, after = {}, {}
  for _, line in ipairs(cells(buffer)) do
    if line < here then
      table.insert(before, 1, line)
    elseif line > here then
      table.insert(after, line)
    end
  end
  local wanted = by > 0 and after or before
  local line = wanted[math.min(math.abs(by), #wanted)]
  if line then
    vim.cmd("normal! m'")
    vim.api.nvim_win_set_cursor(0, { line, 0 })
  end
end

--- Opens the session where the cursor is.
---@param buffer integer
function M.open_here(buffer)
  local client = vim.lsp.get_clients({ bufnr = buffer, name = NAME })[1]
  local params = vim.lsp.util.make_position_params(0, client and client.offset_encoding or 'utf-16')
  M.execute(buffer, 'livebook.openAtSection', nil, { uri = vim.uri_from_bufnr(buffer), position = params.position })
end

--- Says how a notebook stands.
---@param buffer integer
function M.show_status(buffer)
  M.execute(buffer, 'livebook.status', function(report)
    if report and report ~= vim.NIL then
      -- Without the token: messages are kept, and others may look at the screen too.
      local has_url = report.url and report.url ~= vim.NIL
      local words = report.words and report.words ~= vim.NIL and ('\n%d words of prose'):format(report.words) or ''
      vim.notify(report.sentence .. (has_url and ('\n' .. report.url:gsub('%?.*', '')) or '') .. words)
    end
  end)
end

return M
