--- Runs cells, and shows what they gave: by ranges, maps, a scratch buffer, and virtual lines.
local M = {}

local NAMESPACE = vim.api.nvim_create_namespace('livebook_ls_results')
local MEANT = vim.api.nvim_create_namespace('livebook_ls_meant')
local COLOURS = vim.api.nvim_create_namespace('livebook_ls_colours')
-- Those of a terminal; 'termguicolors' or not, a highlight needs both.
local ANSI = { black = 0, red = 1, green = 2, yellow = 3, blue = 4, magenta = 5, cyan = 6, white = 7 }
local RGB = {
  '#3b3b3b', '#d0493e', '#3e9b4f', '#b08800', '#3b78c2', '#9b59b6', '#2a9d9d', '#b0b0b0',
  '#6b6b6b', '#ff6b5f', '#5fc878', '#e0b92f', '#6fa8ef', '#c58ae0', '#56c9c9', '#ffffff',
}
local FAILED = { failed = 'DiagnosticError', done = 'DiagnosticOk' }

--- What the server has to say where a cursor is: the URI and the place.
---@param buffer integer
---@param line integer from one
local function about(buffer, line)
  return { uri = vim.uri_from_bufnr(buffer), line = line }
end

--- Writes the buffer, where anything was changed; whether it is on the disk.
---@param buffer integer
---@return boolean
local function written(buffer)
  if not vim.bo[buffer].modified then
    return true
  end
  local ok, problem = pcall(vim.api.nvim_buf_call, buffer, function()
    vim.cmd.write({ mods = { silent = true } })
  end)
  if not ok then
    vim.notify(tostring(problem), vim.log.levels.ERROR)
  end
  return ok and not vim.bo[buffer].modified
end

--- The lines at which cells with code begin, between two lines.
---@param buffer integer
---@param first integer
---@param last integer
---@return integer[]
local function cells_between(buffer, first, last)
  local found, fence = {}, nil
  for number, line in ipairs(vim.api.nvim_buf_get_lines(buffer, 0, last, false)) do
    local ticks, words = line:match('^%s*(```+)(.*)$')
    if fence then
      if ticks and #ticks >= #fence.ticks and words:match('^%s*$') then
        if fence.has_language and number >= first then
          table.insert(found, fence.line)
        end
        fence = nil
      end
    elseif ticks then
      fence = { ticks = ticks, line = number, has_language = words:match('%S') ~= nil }
    end
  end
  if fence and fence.has_language then
    table.insert(found, fence.line)
  end
  return found
end

--- The line, from one, to which a mark has moved; the mark is gone afterwards.
---@param buffer integer
---@param mark integer
---@return integer?
local function line_of(buffer, mark)
  local row = vim.api.nvim_buf_get_extmark_by_id(buffer, MEANT, mark, {})[1]
  vim.api.nvim_buf_del_extmark(buffer, MEANT, mark)
  return row and row + 1
end

--- Runs the cell at the cursor, or every cell that a range touches, one after the other.
---@param buffer integer
---@param command string
---@param first integer
---@param last integer
function M.run(buffer, command, first, last)
  -- Marks, for the save may bring the notebook into Livebook's form, and what runs takes its time.
  local marks = vim.tbl_map(function(line)
    return vim.api.nvim_buf_set_extmark(buffer, MEANT, line - 1, 0, {})
  end, first < last and cells_between(buffer, first, last) or { first })
  local function next_one(number)
    local line = marks[number] and line_of(buffer, marks[number])
    if line then
      require('livebook_ls').execute(buffer, command, function(ended)
        if ended == 'done' or ended == 'nothing to run' then
          next_one(number + 1)
        end
      end, about(buffer, line))
    end
  end
  if written(buffer) then
    next_one(1)
  end
end

--- Runs a command for the cell at the cursor.
---@param buffer integer
---@param command string
function M.here(buffer, command)
  local line = vim.api.nvim_win_get_cursor(0)[1]
  M.run(buffer, command, line, line)
end

--- Runs the cell at the cursor and goes on to the next.
---@param buffer integer
function M.run_and_advance(buffer)
  M.here(buffer, 'livebook.runCell')
  require('livebook_ls').go(buffer, 1)
end

--- Shows a whole output in a window below; `livebook/output`.
function M.show_output(output)
  local name = ('livebook-output://%s/cell-%d'):format(vim.fs.basename(output.uri), output.number)
  local buffer = vim.fn.bufnr(name)
  if buffer == -1 then
    buffer = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_name(buffer, name)
    vim.bo[buffer].bufhidden = 'hide'
    vim.keymap.set('n', 'q', '<Cmd>close<CR>', { buffer = buffer, desc = 'Close the output' })
  end
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(output.text:gsub('\n$', ''), '\n'))
  vim.bo[buffer].modifiable = false
  M.colour(buffer, output)
  if vim.fn.bufwinid(buffer) == -1 then
    local height = math.min(math.max(vim.api.nvim_buf_line_count(buffer), 3), 15)
    vim.api.nvim_open_win(buffer, false, { split = 'below', height = height, style = 'minimal' })
  end
end

--- The highlight of a stretch of output.
local function highlight(style)
  local function colour(name)
    if not name or name:sub(1, 1) == '#' then
      return name
    end
    local bright, plain = name:match('^(light%-)(.*)$')
    local number = ANSI[plain or name]
    return number and RGB[number + 1 + (bright and 8 or 0)]
  end
  local name = 'LivebookOutput'
  for _, key in ipairs({ 'foreground', 'background', 'bold', 'italic', 'underlined', 'struck' }) do
    name = name .. '_' .. tostring(style[key] or ''):gsub('%W', '')
  end
  vim.api.nvim_set_hl(0, name, {
    fg = colour(style.foreground),
    bg = colour(style.background),
    bold = style.bold,
    italic = style.italic,
    underline = style.underlined,
    strikethrough = style.struck,
  })
  return name
end

--- Says row and byte of a place in a text; places are asked for from its beginning to its end.
---@param text string
local function positions(text)
  local lines = vim.split(text, '\n')
  local row, begins, length = 1, 0, vim.fn.strchars(lines[1])
  return function(point)
    while point > begins + length and row < #lines do
      row, begins = row + 1, begins + length + 1
      length = vim.fn.strchars(lines[row])
    end
    return row - 1, #vim.fn.strcharpart(lines[row], 0, point - begins)
  end
end

--- Gives an output its colours; characters are counted as code points.
function M.colour(buffer, output)
  vim.api.nvim_buf_clear_namespace(buffer, COLOURS, 0, -1)
  local position = positions(output.text)
  for _, style in ipairs(output.styles or {}) do
    local row, column = position(style.start)
    local end_row, end_column = position(style['end'])
    vim.api.nvim_buf_set_extmark(buffer, COLOURS, row, column, {
      end_row = end_row,
      end_col = end_column,
      hl_group = highlight(style),
      strict = false,
    })
  end
end

--- Shows states and results below the cells, where `vim.g.livebook_virtual_lines` is on.
function M.show_cells(report)
  local buffer = vim.uri_to_bufnr(report.uri)
  if not vim.api.nvim_buf_is_loaded(buffer) then
    return
  end
  vim.b[buffer].livebook_cells = report.cells
  vim.api.nvim_buf_clear_namespace(buffer, NAMESPACE, 0, -1)
  if not vim.g.livebook_virtual_lines then
    return
  end
  for _, cell in ipairs(report.cells) do
    if cell.result ~= '' or cell.state == 'running' or cell.state == 'queued' then
      local words = { cell.words, FAILED[cell.state] or 'Comment' }
      vim.api.nvim_buf_set_extmark(buffer, NAMESPACE, cell.range['end'].line, 0, {
        virt_lines = { { words, { '  ' .. cell.result, 'Comment' } } },
        strict = false,
      })
    end
  end
end

return M
