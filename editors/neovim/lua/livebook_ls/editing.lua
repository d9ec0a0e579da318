--- Edits of cells and sections: the server makes them, at the cursor.
local livebook = require('livebook_ls')
local M = {}

--- Commands by what they are called here; each also is a <Plug> map.
M.COMMANDS = {
  LivebookInsertCodeAbove = { 'livebook.insertCodeCellAbove', 'Insert a code cell above' },
  LivebookInsertCodeBelow = { 'livebook.insertCodeCellBelow', 'Insert a code cell below' },
  LivebookInsertMarkdownAbove = { 'livebook.insertMarkdownCellAbove', 'Insert a Markdown cell above' },
  LivebookInsertMarkdownBelow = { 'livebook.insertMarkdownCellBelow', 'Insert a Markdown cell below' },
  LivebookSplitCell = { 'livebook.splitCell', 'Split the cell at the cursor' },
  LivebookJoinCells = { 'livebook.joinCells', 'Join the cell with the next' },
  LivebookMoveCellUp = { 'livebook.moveCellUp', 'Move the cell up, also across sections' },
  LivebookMoveCellDown = { 'livebook.moveCellDown', 'Move the cell down, also across sections' },
  LivebookDuplicateCell = { 'livebook.duplicateCell', 'Duplicate the cell' },
  LivebookDeleteCell = { 'livebook.deleteCell', 'Delete the cell' },
  LivebookSelectCell = { 'livebook.selectCell', 'Select the cell' },
  LivebookConvertToMarkdown = { 'livebook.convertCellToMarkdown', 'Make a Markdown cell of code' },
  LivebookConvertToCode = { 'livebook.convertCellToCode', 'Make a code cell of Markdown' },
  LivebookInsertSection = { 'livebook.insertSection', 'Insert a section' },
  LivebookBranchOff = { 'livebook.branchOff', 'Insert a section that branches from this one' },
  LivebookMakeBranch = { 'livebook.makeBranch', 'Make the section a branch of the one above' },
  LivebookMoveSectionUp = { 'livebook.moveSectionUp', 'Move the section up' },
  LivebookMoveSectionDown = { 'livebook.moveSectionDown', 'Move the section down' },
  LivebookPromote = { 'livebook.promote', 'Make the heading a level higher, or a branch a section' },
  LivebookDemote = { 'livebook.demote', 'Make the heading a level lower' },
  LivebookDeleteSection = { 'livebook.deleteSection', 'Delete the section with its cells' },
}
M.LANGUAGES = { 'elixir', 'erlang', 'python' }

--- The keys of a command's <Plug> map: LivebookSplitCell is <Plug>(livebook-split-cell).
---@param name string
---@return string
function M.plug(name)
  local words = name:gsub('^Livebook', ''):gsub('(%l)(%u)', '%1-%2'):lower()
  return ('<Plug>(livebook-%s)'):format(words)
end

--- Edits the cell or the section at the cursor.
---@param buffer integer
---@param command string
---@param language? string
function M.edit(buffer, command, language)
  local client = vim.lsp.get_clients({ bufnr = buffer, name = 'livebook_ls' })[1]
  local unit = client and client.offset_encoding or 'utf-16'
  local params = vim.lsp.util.make_position_params(0, unit)
  local about = { uri = vim.uri_from_bufnr(buffer), position = params.position, language = language }
  livebook.execute(buffer, command, function(range)
    if range and range ~= vim.NIL and not vim.deep_equal(range.start, range['end']) then
      M.select(buffer, range, unit)
    end
  end, about)
end

--- Inserts a link to a file at the cursor; an image is kept beside the notebook.
---@param buffer integer
---@param file string
function M.insert_file(buffer, file)
  local client = vim.lsp.get_clients({ bufnr = buffer, name = 'livebook_ls' })[1]
  local params = vim.lsp.util.make_position_params(0, client and client.offset_encoding or 'utf-16')
  local path = vim.fn.fnamemodify(vim.fn.expand(file), ':p')
  local about = { uri = vim.uri_from_bufnr(buffer), position = params.position, path = path }
  livebook.execute(buffer, 'livebook.insertFile', nil, about)
end

--- Selects a range from its start to its last character.
---@param buffer integer
---@param range lsp.Range
---@param unit string
function M.select(buffer, range, unit)
  local function column(place)
    local line = vim.api.nvim_buf_get_lines(buffer, place.line, place.line + 1, false)[1] or ''
    local before = 0
    for _, character in ipairs(vim.fn.split(line, '\\zs')) do
      local width = unit == 'utf-8' and #character or unit == 'utf-16' and #character == 4 and 2 or 1
      if place.character < width then
        break
      end
      place = { line = place.line, character = place.character - width }
      before = before + #character
    end
    return before
  end
  local first, last = range.start, range['end']
  vim.api.nvim_win_set_cursor(0, { first.line + 1, column(first) })
  vim.cmd('normal! v')
  vim.api.nvim_win_set_cursor(0, { last.line + 1, math.max(column(last) - 1, 0) })
end

--- Gives the cell another language, or lets the user choose one.
---@param buffer integer
---@param language string
function M.change_language(buffer, language)
  if language ~= '' then
    M.edit(buffer, 'livebook.changeCellLanguage', language)
    return
  end
  vim.ui.select(M.LANGUAGES, { prompt = 'The language of the cell' }, function(chosen)
    if chosen then
      M.edit(buffer, 'livebook.changeCellLanguage', chosen)
    end
  end)
end

--- Opens a notebook that has no file yet, and begins it once the server is there.
---@param name string
function M.new_notebook(name)
  local path = name ~= '' and name or 'untitled.livemd'
  vim.cmd.edit(vim.fn.fnameescape(path:match('%.livemd$') and path or path .. '.livemd'))
  local buffer = vim.api.nvim_get_current_buf()
  local function begin()
    livebook.execute(buffer, 'livebook.beginNotebook', function(range)
      if range and range ~= vim.NIL then
        M.select(buffer, range, 'utf-16')
      end
    end)
  end
  if vim.lsp.get_clients({ bufnr = buffer, name = 'livebook_ls' })[1] then
    begin()
    return
  end
  vim.api.nvim_create_autocmd('LspAttach', { buffer = buffer, once = true, callback = vim.schedule_wrap(begin) })
end

return M
