// The main job in a real VS Code: open a notebook, see its state, open its session, save an edit.
const assert = require("node:assert/strict");
const vscode = require("vscode");
const { openNotebook, replace, standIn, statusBar, suite, until, untilStatusBar, window } = require("./harness");

let document;

exports.run = suite({
  async "a .livemd file is a Livebook notebook"() {
    document = await openNotebook();
    assert.equal(document.languageId, "livebook");
  },
  async "the status bar says that the notebook is in sync"() {
    await untilStatusBar("Livebook: in sync");
  },
  async "a cell's code has the colours of its language"() {
    const tokens = () => window.texts(".monaco-editor .view-line span span");
    await until(async () => (await tokens()).includes("def"), "Python's keyword as a token of its own");
  },
  async "opening the session is among the code actions"() {
    const start = new vscode.Range(0, 0, 0, 0);
    const actions = await vscode.commands.executeCommand("vscode.executeCodeActionProvider", document.uri, start);
    assert.ok(actions.some((it) => it.title === "Open in Livebook"), JSON.stringify(actions));
  },
  async "opening the session is over the title"() {
    const lenses = await vscode.commands.executeCommand("vscode.executeCodeLensProvider", document.uri, 10);
    const titles = lenses.map((it) => it.command.title);
    assert.deepEqual(titles.slice(0, 2), ["Open in Livebook", "Sync"]);
  },
  async "a save arrives"() {
    await replace(document, "1 + 1", '"😀" <> "ü"');
    assert.ok(await document.save());
    await until(async () => (await standIn()).sessions[0]?.text.includes("<>"), "the edit in the session");
    await untilStatusBar("Livebook: in sync");
  },
  async "the palette's command needs no notebook named"() {
    const answer = await vscode.commands.executeCommand("livebook.sync");
    assert.equal(answer.uri, document.uri.toString());
    assert.equal(answer.state, "inSync");
  },
  async "the title's button shows the session in the browser"() {
    await window.click('.editor-actions .action-label[aria-label^="Open in Livebook"]');
    const [{ id }] = (await standIn()).sessions;
    const page = `/sessions/${id}?token=s3cret`;
    await until(async () => (await window.popups()).some((url) => url.endsWith(page)), "the session's page");
    await window.screenshot("in-sync");
  },
  async "a command may be given an address of any kind"() {
    for (const given of [document.uri, document.uri.toString()]) {
      const answer = await vscode.commands.executeCommand("livebook.sync", given);
      assert.equal(answer.uri, document.uri.toString());
    }
  },
  async "the session's address can be copied"() {
    await vscode.commands.executeCommand("livebook.copySessionUrl");
    assert.match(await vscode.env.clipboard.readText(), /\/sessions\/\w+\?token=s3cret$/);
  },
  async "the server can be restarted"() {
    await vscode.commands.executeCommand("livebook.restartServer");
    await untilStatusBar("Livebook: in sync");
  },
  async "the item is hidden for other files"() {
    await vscode.commands.executeCommand("workbench.action.files.newUntitledFile");
    await until(async () => (await statusBar()) === undefined, "no item in the status bar");
  },
});
