// Restricted Mode: the extension works, but takes no program from the workspace's settings.
const assert = require("node:assert/strict");
const vscode = require("vscode");
const { openNotebook, suite, statusBar, until } = require("./harness");

exports.run = suite({
  async "the workspace is not trusted, and a notebook is a notebook all the same"() {
    const document = await openNotebook();
    assert.equal(vscode.workspace.isTrusted, false);
    assert.equal(document.languageId, "livebook");
  },
  async "the workspace's programs are not its settings"() {
    const settings = vscode.workspace.getConfiguration("livebook");
    for (const name of ["server.path", "interpreter", "url", "token"]) assert.equal(settings.get(name), "");
    assert.equal(settings.get("guard"), "balanced");
  },
  async "the extension is at work"() {
    await until(statusBar, "an item in the status bar");
    await until(() => vscode.extensions.getExtension("livebook-ls.livebook-ls").isActive, "the extension's start");
  },
});
