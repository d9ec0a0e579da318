// The extension as a user installs it, with the server that comes in it.
const assert = require("node:assert/strict");
const vscode = require("vscode");
const { openNotebook, statusBar, suite, until, untilStatusBar } = require("./harness");

const untilFirstStatus = () =>
  until(async () => /^Livebook: (?!starting$|no server$)/.test((await statusBar()) ?? ""), "the first status");

exports.run = suite({
  async "first notebook to first status, cold"() {
    await openNotebook();
    await untilFirstStatus();
  },
  async "the bundled server follows the notebook"() {
    await untilStatusBar("Livebook: in sync");
  },
  async "it is the installed extension"() {
    const extension = vscode.extensions.getExtension("livebook-ls.livebook-ls");
    assert.match(extension.extensionUri.path, /extensions\/livebook-ls\.livebook-ls-/);
  },
  async "a restart to the first status, warm"() {
    await vscode.commands.executeCommand("livebook.restartServer");
    await untilFirstStatus();
  },
});
