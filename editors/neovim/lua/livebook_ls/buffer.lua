--- What a notebook's buffer has: commands, keys, options, the server.
local livebook = require('livebook_ls')
local M = {}

local COMMANDS = {
  LivebookOpen = { 'livebook.open', 'Open the notebook in Livebook' },
  LivebookSync = { 'livebook.sync', 'Sync the saved notebook to its session' },
  LivebookOpenAnyway = { 'livebook.openAnyway', 'Open, although Livebook will take something from the file' },
  LivebookSyncAnyway = { 'livebook.syncAnyway', 'Sync once, although Livebook will lose something' },
  LivebookSyncInTwoSteps = { 'livebook.syncInTwoSteps', 'Sync by way of a text that brings every cell' },
  LivebookFormat = { 'livebook.format', "Bring the notebook into Livebook's form" },
  LivebookRestamp = { 'livebook.restamp', "Bring the notebook into Livebook's form with a fresh stamp" },
  LivebookRestore = { 'livebook.restore', 'Put what was saved last back into the buffer' },
  LivebookRestoreVersion = { 'livebook.restoreVersion', 'Put an earlier version, which you choose, into the buffer' },
  LivebookStart = { 'livebook.start', 'Start Livebook as a process of its own' },
  LivebookStop = { 'livebook.stop', 'Stop the Livebook that was started from here' },
}
local FUNCTIONS = {
  LivebookOpenHere = { livebook.open_here, 'Open the notebook in Livebook at the section of the cursor' },
  LivebookStatus = { livebook.show_status, 'Say how the notebook stands' },
  LivebookNextCell = { livebook.next_cell, 'Go to the next code cell or heading' },
  LivebookPreviousCell = { livebook.previous_cell, 'Go to the previous code cell or heading' },
}
local KEYS = { [']]'] = 'LivebookNextCell', ['[['] = 'LivebookPreviousCell' }

--- Makes a notebook of a buffer; called after Neovim's own, which takes it for Markdown.
---@param buffer integer
function M.set_up(buffer)
  vim.bo[buffer].commentstring = '<!-- %s -->'
  vim.bo[buffer].autoread = true
  vim.bo[buffer].expandtab = true
  vim.bo[buffer].shiftwidth = 2
  vim.bo[buffer].softtabstop = 2
  vim.bo[buffer].indentexpr = "v:lua.require'livebook_ls.indent'.indent()"
  vim.bo[buffer].indentkeys = require('livebook_ls.indent').KEYS
  -- Without the parser a notebook is read without colours rather than not at all.
  if not pcall(vim.treesitter.start, buffer, 'markdown') then
    vim.bo[buffer].syntax = 'markdown'
  end
  local undo = { vim.b[buffer].undo_ftplugin or 'exe', 'setlocal commentstring< autoread< expandtab< shiftwidth< softtabstop< indentexpr< indentkeys<' }
  local function define(name, act, what)
    vim.api.nvim_buf_create_user_command(buffer, name, act, { desc = what })
    table.insert(undo, 'silent! delcommand -buffer ' .. name)
  end
  for name, it in pairs(COMMANDS) do
    define(name, function()
      livebook.execute(buffer, it[1])
    end, it[2])
  end
  for name, it in pairs(FUNCTIONS) do
    define(name, function()
      it[1](buffer)
    end, it[2])
  end
  if not (vim.g.no_plugin_maps or vim.g.no_livebook_maps) then
    for keys, name in pairs(KEYS) do
      local options = { buffer = buffer, desc = FUNCTIONS[name][2] }
      vim.keymap.set({ 'n', 'x', 'o' }, keys, ('<Cmd>%s<CR>'):format(name), options)
      table.insert(undo, ('silent! unmap <buffer> %s'):format(keys))
    end
  end
  vim.b[buffer].undo_ftplugin = table.concat(undo, '|')
  livebook.attach(buffer)
end

return M
