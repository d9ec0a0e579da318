// Restricted Mode: the extension works, but takes no program from the workspace's settings.
const assert = require("node:assert/strict");
const vscode = require("vscode");
const { openNotebook, putCursor, replace, suite, statusBar, until, window } = require("./harness");

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
  async "a key that would run a cell writes its line"() {
    const document = vscode.window.activeTextEditor.document;
    await replace(document, document.lineAt(document.lineCount - 1).text, "\n```elixir\n1 + 1\n```\n");
    const line = document.getText().split("\n").indexOf("1 + 1");
    await putCursor(line);
    const { lineCount } = document;
    await window.press("Shift+Enter");
    await until(() => document.lineCount === lineCount + 1, "a line more");
    assert.ok(document.isDirty);
  },
});
