--- The browser's version of a notebook in a scratch buffer beside it, as `:diffsplit` shows two files.
local M = {}

--- Shows the browser's version; `livebook/compare`. The cursor stays in the notebook.
function M.show(comparison)
  local notebook = vim.uri_to_bufnr(comparison.uri)
  local window = vim.fn.bufwinid(notebook)
  if window == -1 then
    return
  end
  local name = ('livebook-browser://%s'):format(vim.uri_to_fname(comparison.uri))
  local buffer = vim.fn.bufnr(name)
  if buffer == -1 then
    buffer = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_name(buffer, name)
    vim.bo[buffer].bufhidden = 'hide'
    vim.bo[buffer].filetype = 'markdown'
    vim.keymap.set('n', 'q', '<Cmd>close<Bar>diffoff!<CR>', { buffer = buffer, desc = "Close the browser's version" })
  end
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(comparison.text:gsub('\n$', ''), '\n'))
  vim.bo[buffer].modifiable = false
  local beside = vim.fn.bufwinid(buffer)
  if beside == -1 then
    beside = vim.api.nvim_open_win(buffer, false, { split = 'right', win = window })
  end
  for _, it in ipairs({ window, beside }) do
    vim.api.nvim_win_call(it, function()
      vim.cmd.diffthis()
    end)
  end
end

return M
