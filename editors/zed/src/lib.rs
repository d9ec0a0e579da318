//! Tells Zed how the server for Livebook notebooks is started.

use zed_extension_api::settings::LspSettings;
use zed_extension_api::{self as zed, serde_json, LanguageServerId, Result, Worktree};

struct Livebook;

impl zed::Extension for Livebook {
    fn new() -> Self {
        Livebook
    }

    fn language_server_command(
        &mut self,
        server: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<zed::Command> {
        let set = LspSettings::for_worktree(server.as_ref(), worktree)
            .ok()
            .and_then(|it| it.binary);
        let command = set
            .as_ref()
            .and_then(|it| it.path.clone())
            .or_else(|| worktree.which("livebook-ls"))
            .ok_or("livebook-ls was not found; install it from a checkout: pipx install /path/to/livebook-ls")?;
        let args = set
            .and_then(|it| it.arguments)
            .unwrap_or_else(|| vec!["--stdio".to_string()]);
        Ok(zed::Command {
            command,
            args,
            env: worktree.shell_env(),
        })
    }

    fn language_server_initialization_options(
        &mut self,
        server: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Option<serde_json::Value>> {
        Ok(LspSettings::for_worktree(server.as_ref(), worktree)
            .ok()
            .and_then(|it| it.initialization_options))
    }
}

zed::register_extension!(Livebook);
