// Beside others: git's diffs, several folders, another extension that shows notebooks by itself.
const assert = require("node:assert/strict");
const vscode = require("vscode");
const { openNotebook, statusBar, suite, until, untilStatusBar, window } = require("./harness");

const run = vscode.commands.executeCommand;
const activeInput = () => vscode.window.tabGroups.activeTabGroup.activeTab?.input;
const inGit = (uri) => uri.with({ scheme: "git", query: JSON.stringify({ path: uri.fsPath, ref: "HEAD" }) });

exports.run = suite({
  async "a notebook opens as text, though somebody else's editor claims them all"() {
    const [uri] = await vscode.workspace.findFiles("**/note.livemd");
    await run("vscode.open", uri);
    await until(() => activeInput() instanceof vscode.TabInputText, "the text editor");
    await untilStatusBar("Livebook: in sync");
  },
  async "in the other editor our commands know which notebook is meant"() {
    const [uri] = await vscode.workspace.findFiles("**/note.livemd");
    await run("vscode.openWith", uri, "somebody.livemd");
    await until(() => activeInput() instanceof vscode.TabInputCustom, "the other editor");
    const answer = await run("livebook.sync");
    assert.equal(answer.uri, uri.toString());
    await run("workbench.action.closeAllEditors");
  },
  async "a notebook of the second folder is followed too"() {
    assert.equal(vscode.workspace.workspaceFolders.length, 2);
    const document = await openNotebook("second.livemd");
    await untilStatusBar("Livebook: in sync");
    const symbols = await run("vscode.executeDocumentSymbolProvider", document.uri);
    assert.equal(symbols[0].name, "Second");
  },
  async "in a diff against git the working file is followed, and the old version left alone"() {
    const [uri] = await vscode.workspace.findFiles("**/note.livemd");
    // What the status bar says next is not said of the notebook before.
    await run("workbench.action.closeAllEditors");
    await until(async () => (await statusBar()) === undefined, "no item in the status bar");
    await vscode.extensions.getExtension("vscode.git").activate();
    await until(() => vscode.workspace.openTextDocument(inGit(uri)).then(() => true, () => false), "git's version");
    await run("vscode.diff", inGit(uri), uri, "note.livemd (Working Tree)");
    await until(() => activeInput() instanceof vscode.TabInputTextDiff, "the diff");
    const old = vscode.workspace.textDocuments.find((it) => it.uri.scheme === "git");
    assert.equal(old.languageId, "livebook");
    await untilStatusBar("Livebook: in sync");
    assert.deepEqual(vscode.languages.getDiagnostics(old.uri), []);
    await window.screenshot("diff");
  },
});
