// Cells run from a real VS Code: by keys, by lenses, and what is shown of them.
const assert = require("node:assert/strict");
const vscode = require("vscode");
const { cursorSettled, openNotebook, putCursor, replace, suite, until, window } = require("./harness");

let document;
const ask = (command, ...rest) => vscode.commands.executeCommand(`vscode.${command}`, document.uri, ...rest);
const whole = () => new vscode.Range(0, 0, document.lineCount, 0);

async function lenses() {
  const found = (await ask("executeCodeLensProvider")) ?? [];
  return found.map((it) => [it.range.start.line, it.command?.title]);
}

async function hints() {
  const found = (await ask("executeInlayHintProvider", whole())) ?? [];
  return found.map((it) => [it.position.line, typeof it.label === "string" ? it.label : it.label[0].value]);
}

const codes = () => vscode.languages.getDiagnostics(document.uri).map((it) => [it.code?.value ?? it.code, it.range.start.line]);

exports.run = suite({
  async "lenses stand over each cell"() {
    document = await openNotebook();
    await until(async () => (await lenses()).some(([line, title]) => line === 4 && title === "Run"), "the lenses");
  },
  async "Shift+Enter saves, runs the cell and goes on to the next"() {
    await replace(document, "1 + 1", "1 + 2");
    await putCursor(5);
    await until(() => window.press("Shift+Enter").then(() => !document.isDirty), "the save");
    await until(async () => (await hints()).some(([line, label]) => line === 6 && label === "3"), "the result");
    assert.equal(vscode.window.activeTextEditor.selection.active.line, 9);
    assert.ok((await lenses()).some(([line, title]) => line === 4 && title.startsWith("✓")));
  },
  async "Ctrl+Enter runs and stays, and an error is in its line"() {
    await putCursor(9);
    await until(async () => {
      await window.press("Control+Enter");
      return codes().some(([code, line]) => code === "runtime-error" && line === 10);
    }, "the error");
    assert.equal(vscode.window.activeTextEditor.selection.active.line, 9);
    await window.screenshot("running");
  },
  async "an edit takes the error away, and undo brings it back"() {
    await replace(document, "boom", "bang");
    await until(() => !codes().some(([code]) => code === "runtime-error"), "no error");
    await vscode.commands.executeCommand("undo");
    await until(() => codes().some(([code]) => code === "runtime-error"), "the error again");
  },
  async "keys run a cell whose fence gets its language while the cursor rests"() {
    const fence = new vscode.Position(8, "```".length);
    const change = async (act) => {
      const edit = new vscode.WorkspaceEdit();
      act(edit);
      assert.ok(await vscode.workspace.applyEdit(edit));
    };
    await change((edit) => edit.delete(document.uri, document.lineAt(8).range.with(fence)));
    await replace(document, "boom", "bang");
    await putCursor(0);
    await putCursor(9);
    await change((edit) => edit.insert(document.uri, fence, "elixir"));
    const text = document.getText();
    await cursorSettled();
    await window.press("Control+Enter");
    await until(() => vscode.languages.getDiagnostics(document.uri).some((it) => it.message.includes("bang")), "the error");
    assert.equal(document.getText(), text);
  },
  async "the whole output is a text beside, read-only"() {
    await putCursor(5);
    await vscode.commands.executeCommand("livebook.showOutput");
    const shown = () => vscode.workspace.textDocuments.find((it) => it.uri.scheme === "livebook-output");
    await until(shown, "the output");
    await until(() => shown().getText() === "3\n", "its text");
  },
});
