// The extension as a user installs it, with the server that comes in it.
const assert = require("node:assert/strict");
const vscode = require("vscode");
const { statusBar, suite, until, untilStatusBar } = require("./harness");

const untilFirstStatus = () =>
  until(async () => /^Livebook: (?!starting$|no server$)/.test((await statusBar()) ?? ""), "the first status");

let uri;

exports.run = suite({
  async "the notebook is there"() {
    [uri] = await vscode.workspace.findFiles("**/*.livemd");
  },
  async "first notebook to first status, cold"() {
    await vscode.window.showTextDocument(uri);
    await untilFirstStatus();
  },
  async "the bundled server follows the notebook"() {
    await untilStatusBar("Livebook: in sync");
  },
  async "it is the installed extension"() {
    const extension = vscode.extensions.getExtension("livebook-ls.livebook-ls");
    assert.match(extension.extensionUri.path, /extensions\/livebook-ls\.livebook-ls-/);
  },
  async "the server restarts, warm"() {
    await vscode.commands.executeCommand("livebook.restartServer");
  },
  async "and says the first status"() {
    await untilFirstStatus();
  },
});
