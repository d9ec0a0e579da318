--- Indentation in cells, where no plugin for their language knows that they are there.
local M = {}

local OPENS = { '%f[%w_]do%s*$', '%->%s*$', '[%(%[{]%s*$', '^%s*after%s*$', '^%s*else%s*$', '^%s*catch%s*$', '^%s*rescue%s*$' }
local CLOSES = { '^%s*end%f[^%w_:]', '^%s*else%f[^%w_:]', '^%s*after%f[^%w_:]', '^%s*catch%f[^%w_:]', '^%s*rescue%f[^%w_:]', '^%s*[%)%]}]' }
-- The keys after which a line is looked at again; see 'indentkeys'.
M.KEYS = 'o,O,!^F,0),0],0},0=end,0=else,0=after,0=catch,0=rescue'

local function matches(line, patterns)
  return vim.iter(patterns):any(function(it)
    return line:find(it) ~= nil
  end)
end

--- The language of the cell that a line is in.
---@param number integer
---@return string?
local function language(number)
  local fence, found
  for _, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, number - 1, false)) do
    local ticks, word = line:match('^(```+)%s*(%S*)')
    if ticks and not fence then
      fence, found = ticks, word
    elseif ticks and word == '' and #ticks >= #fence then
      fence, found = nil, nil
    end
  end
  return found
end

--- For 'indentexpr': in an Elixir cell by its words, elsewhere as the line above.
---@return integer
function M.indent()
  local number = vim.v.lnum
  if language(number) ~= 'elixir' then
    return -1
  end
  local above = vim.fn.prevnonblank(number - 1)
  local before = vim.fn.getline(above):gsub('%s#.*$', '')
  if before:find('^```') then
    return 0
  end
  local width = vim.fn.indent(above)
  if matches(before, OPENS) and not before:find('^%s*#') then
    width = width + vim.fn.shiftwidth()
  end
  if matches(vim.fn.getline(number), CLOSES) then
    width = width - vim.fn.shiftwidth()
  end
  return math.max(width, 0)
end

return M
