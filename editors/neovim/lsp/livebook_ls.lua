---@brief
---
--- Keeps Livebook notebooks (`.livemd`) and a running Livebook in step.
---
--- Install the server from a checkout, with `pipx install /path/to/livebook-ls` or `uv tool install /path/to/livebook-ls`.

---@type vim.lsp.Config
return {
  cmd = { 'livebook-ls', '--stdio' },
  filetypes = { 'livebook' },
  root_markers = { 'mix.exs', '.git' },
  -- Changes by git or a coding agent reach the server only when Neovim watches files, which it does not by itself here.
  capabilities = {
    workspace = { didChangeWatchedFiles = { dynamicRegistration = true } },
    experimental = { livebook = { cells = true, outputs = true, comparisons = true } },
  },
  handlers = {
    ['livebook/status'] = function(_, report)
      require('livebook_ls').note(report)
    end,
    ['livebook/cells'] = function(_, report)
      require('livebook_ls.running').show_cells(report)
    end,
    ['livebook/output'] = function(_, output)
      require('livebook_ls.running').show_output(output)
    end,
    ['livebook/compare'] = function(_, comparison)
      require('livebook_ls.comparing').show(comparison)
    end,
  },
}
