--- Outputs in the file folded away, in whatever folds a window has.
local livebook = require('livebook_ls')
local M = {}

---@class livebook_ls.Lines from one, the last included
---@field first integer
---@field last integer

--- Closes the fold of an output in this window; whether the output is hidden then.
---@param output livebook_ls.Lines
---@return boolean
local function close(output)
  if vim.fn.foldclosed(output.last) ~= -1 then
    return true
  end
  if vim.fn.foldlevel(output.last) > 0 then
    vim.cmd.foldclose({ range = { output.last } })
    if vim.fn.foldclosed(output.last) >= output.first then
      return true
    end
    -- Something larger, which was open.
    vim.cmd.foldopen({ range = { output.last } })
  end
  if vim.wo.foldmethod == 'manual' then
    vim.cmd.fold({ range = { output.first, output.last } })
    return true
  end
  return false
end

--- Folds outputs in a window; says so where its folds know none of them.
---@param window integer
---@param outputs livebook_ls.Lines[]
---@param is_asked boolean
local function fold(window, outputs, is_asked)
  vim.api.nvim_win_call(window, function()
    vim.wo.foldenable = vim.wo.foldenable or is_asked
    local hidden = vim.iter(outputs):map(close):totable()
    if is_asked and vim.list_contains(hidden, false) then
      vim.notify(("'foldmethod' is %s here, which has no folds for outputs."):format(vim.wo.foldmethod), vim.log.levels.WARN)
    end
  end)
end

--- Folds the outputs of a notebook in a window that shows it.
---@param buffer integer
---@param window integer
---@param is_asked boolean whether a person asks, and not a setting
function M.fold_outputs(buffer, window, is_asked)
  -- Where the server folds, Neovim asks for the folds now, and has them before the answers below.
  vim.api.nvim_win_call(window, function()
    vim.fn.foldlevel(1)
  end)
  livebook.execute(buffer, 'livebook.foldOutputs', function(first_lines)
    if not first_lines or first_lines == vim.NIL then
      return
    end
    local params = { textDocument = vim.lsp.util.make_text_document_params(buffer) }
    livebook.request(buffer, 'textDocument/foldingRange', params, function(ranges)
      if not vim.api.nvim_win_is_valid(window) or vim.api.nvim_win_get_buf(window) ~= buffer then
        return
      end
      local outputs = {}
      for _, range in ipairs(ranges or {}) do
        if vim.list_contains(first_lines, range.startLine) then
          table.insert(outputs, { first = range.startLine + 1, last = range.endLine + 1 })
        end
      end
      fold(window, outputs, is_asked)
    end)
  end)
end

return M
