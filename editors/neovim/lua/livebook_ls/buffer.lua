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
  LivebookMerge = { 'livebook.merge', "Merge the save with the browser's edits" },
  LivebookTakeMine = { 'livebook.takeMine', 'Take mine in all conflicts with the browser' },
  LivebookTakeBrowsers = { 'livebook.takeBrowsers', "Take the browser's in all conflicts" },
  LivebookTakeBoth = { 'livebook.takeBoth', 'Take both in all conflicts, one after the other' },
  LivebookShowBrowserVersion = { 'livebook.showBrowserVersion', "Show the browser's version beside" },
  LivebookStart = { 'livebook.start', 'Start Livebook as a process of its own' },
  LivebookStop = { 'livebook.stop', 'Stop the Livebook that was started from here' },
}
local FUNCTIONS = {
  LivebookOpenHere = { livebook.open_here, 'Open the notebook in Livebook at the section of the cursor' },
  LivebookStatus = { livebook.show_status, 'Say how the notebook stands' },
  LivebookNextCell = { livebook.next_cell, 'Go to the next code cell or heading' },
  LivebookPreviousCell = { livebook.previous_cell, 'Go to the previous code cell or heading' },
}
local RUNS = {
  LivebookRun = { 'livebook.runCell', 'Run the cell, or those of the range' },
  LivebookRunAbove = { 'livebook.runAbove', 'Run all cells above' },
  LivebookRunBelow = { 'livebook.runBelow', 'Run the cell and all below' },
  LivebookRunSection = { 'livebook.runSection', 'Run the section' },
  LivebookRunAll = { 'livebook.runAll', 'Run the whole notebook' },
  LivebookRunStale = { 'livebook.runStale', 'Run what is not up to date' },
}
local OTHER_RUNS = {
  LivebookStopRun = { 'livebook.stopRun', 'Stop all that runs' },
  LivebookStartRuntime = { 'livebook.startRuntime', 'Start a runtime, and run nothing' },
  LivebookRestartRuntime = { 'livebook.restartRuntime', 'Start another runtime; all values are lost' },
}
local PLUGS = {
  run = 'LivebookRun',
  ['run-above'] = 'LivebookRunAbove',
  ['run-below'] = 'LivebookRunBelow',
  ['run-section'] = 'LivebookRunSection',
  ['run-all'] = 'LivebookRunAll',
  ['run-stale'] = 'LivebookRunStale',
  ['run-and-advance'] = 'LivebookRunAndAdvance',
  ['stop-run'] = 'LivebookStopRun',
  ['start-runtime'] = 'LivebookStartRuntime',
  ['restart-runtime'] = 'LivebookRestartRuntime',
  ['show-output'] = 'LivebookShowOutput',
  ['fold-outputs'] = 'LivebookFoldOutputs',
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
  local function define(name, act, what, range)
    vim.api.nvim_buf_create_user_command(buffer, name, act, { desc = what, range = range })
    table.insert(undo, 'silent! delcommand -buffer ' .. name)
  end
  for name, it in pairs(COMMANDS) do
    define(name, function()
      livebook.execute(buffer, it[1])
    end, it[2])
  end
  for name, it in pairs(OTHER_RUNS) do
    define(name, function()
      livebook.execute(buffer, it[1])
    end, it[2])
  end
  local running = require('livebook_ls.running')
  for name, it in pairs(RUNS) do
    define(name, function(given)
      running.run(buffer, it[1], given.line1, given.line2)
    end, it[2], true)
  end
  define('LivebookRunAndAdvance', function()
    running.run_and_advance(buffer)
  end, 'Run the cell and go to the next')
  define('LivebookShowOutput', function()
    local line = vim.api.nvim_win_get_cursor(0)[1]
    local about = { uri = vim.uri_from_bufnr(buffer), line = line }
    livebook.execute(buffer, 'livebook.showOutput', nil, about)
  end, 'Show all that the cell gave')
  local editing = require('livebook_ls.editing')
  for name, it in pairs(editing.COMMANDS) do
    define(name, function()
      editing.edit(buffer, it[1])
    end, it[2])
  end
  vim.api.nvim_buf_create_user_command(buffer, 'LivebookChangeLanguage', function(given)
    editing.change_language(buffer, given.args)
  end, { desc = 'Give the cell another language', nargs = '?', complete = function() return editing.LANGUAGES end })
  table.insert(undo, 'silent! delcommand -buffer LivebookChangeLanguage')
  vim.api.nvim_buf_create_user_command(buffer, 'LivebookInsertFile', function(given)
    editing.insert_file(buffer, given.args)
  end, { desc = 'Insert an image, or a link to a file', nargs = 1, complete = 'file' })
  table.insert(undo, 'silent! delcommand -buffer LivebookInsertFile')
  define('LivebookFoldOutputs', function()
    require('livebook_ls.folding').fold_outputs(buffer, vim.api.nvim_get_current_win(), true)
  end, 'Fold the outputs that the file keeps')
  local plugs = {}
  for plug, name in pairs(PLUGS) do
    plugs[('<Plug>(livebook-%s)'):format(plug)] = name
  end
  for name in pairs(editing.COMMANDS) do
    plugs[editing.plug(name)] = name
  end
  for keys, name in pairs(plugs) do
     vim.keymap.set('n', keys, ('<Cmd>%s<CR>'):format(name), { buffer = buffer })
    table.insert(undo, ('silent! nunmap <buffer> %s'):format(keys))
  end
  vim.keymap.set('x', '<Plug>(livebook-run)', ':LivebookRun<CR>', { buffer = buffer, silent = true })
  table.insert(undo, 'silent! xunmap <buffer> <Plug>(livebook-run)')
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
