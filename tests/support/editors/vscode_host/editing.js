// Cells and sections edited from a real VS Code, each command once, most by their keys.
const assert = require("node:assert/strict");
const vscode = require("vscode");
const { editSettled, openNotebook, putCursor, suite, until, window } = require("./harness");

const START = "# Note\n\n## Section\n\n```elixir\na = 1\nb = 2\n```\n\nWords\n";
const CHORD = "Alt+c";
let document;

const cursorLine = () => vscode.window.activeTextEditor.selection.active.line;

/** One command from the first text, then one undo back to it. */
async function edits(act, line, wanted, lineAfter) {
  await putCursor(line);
  await act();
  await until(() => document.getText() === wanted, () => `the edit, not ${document.getText()}`);
  await editSettled(document);
  await until(() => cursorLine() === lineAfter, () => `the cursor in ${lineAfter}, not ${cursorLine()}`);
  await vscode.commands.executeCommand("undo");
  assert.equal(document.getText(), START);
}

const keys = (...pressed) => async () => {
  for (const it of pressed) await window.press(it);
};

const code = (...lines) => ["```elixir", ...lines, "```"].join("\n");
const start = "# Note\n\n## Section\n\n";

exports.run = suite({
  async "a cell moves by Alt and an arrow"() {
    document = await openNotebook("note.livemd");
    assert.equal(document.getText(), START);
    const moved = `${start}Words\n\n${code("a = 1", "b = 2")}\n`;
    await until(async () => (await vscode.commands.getCommands(true)).includes("livebook.moveCellDown"), "the server");
    await edits(keys("Alt+ArrowDown"), 5, moved, 7);
    await edits(keys("Alt+ArrowUp"), 9, moved, 4);
  },
  async "a cell is split, doubled and deleted under a chord"() {
    await edits(keys(CHORD, "s"), 6, `${start}${code("a = 1")}\n\n${code("b = 2")}\n\nWords\n`, 9);
    const both = `${code("a = 1", "b = 2")}\n\n${code("a = 1", "b = 2")}`;
    await edits(keys(CHORD, "c"), 5, `${start}${both}\n\nWords\n`, 10);
    await edits(keys(CHORD, "d"), 5, `${start}Words\n`, 4);
  },
  async "cells and sections are put in where one types on"() {
    await edits(keys(CHORD, "b"), 5, `${start}${code("a = 1", "b = 2")}\n\n${code("")}\n\nWords\n`, 10);
    const section = `${start}${code("a = 1", "b = 2")}\n\n## Section\n\nWords\n`;
    await putCursor(5);
    await keys(CHORD, "n")();
    await until(() => document.getText() === section, "the section");
    const selected = () => document.getText(vscode.window.activeTextEditor.selection);
    await until(() => selected() === "Section", "its name selected");
    await vscode.commands.executeCommand("undo");
  },
  async "a cell is another kind"() {
    const shown = `<!-- livebook:{"force_markdown":true} -->\n\n${code("a = 1", "b = 2")}`;
    const apart = '<!-- livebook:{"break_markdown":true} -->';
    await edits(keys(CHORD, "m"), 5, `${start}${shown}\n\n${apart}\n\nWords\n`, 4);
    await edits(keys(CHORD, "y"), 9, `${start}${code("a = 1", "b = 2")}\n\n${code("Words")}\n`, 10);
  },
  async "the menu of refactorings has them, and no light bulb is lit"() {
    const range = new vscode.Range(5, 0, 5, 0);
    const ask = (kind) => vscode.commands.executeCommand("vscode.executeCodeActionProvider", document.uri, range, kind);
    const titles = (await ask("refactor")).map((it) => it.title);
    assert.ok(titles.includes("Split Cell Here") && titles.includes("Delete Section with Its Cells"), titles.join());
    await putCursor(5);
    await window.screenshot("editing");
    assert.deepEqual(await window.texts(".codicon-light-bulb"), []);
  },
  async "a list goes on with Enter"() {
    await putCursor(document.lineCount - 1);
    await window.type("\n- one");
    // Which language's rules hold for Enter is known once the line is coloured.
    await until(async () => (await window.texts(".view-line span span")).includes("-"), "the colours");
    await window.press("Enter");
    await until(() => document.getText() === `${START}\n- one\n- `, () => `the next item, not ${document.getText()}`);
    await vscode.commands.executeCommand("workbench.action.files.revert");
  },
  async "outputs are folded as a notebook is opened"() {
    const folder = vscode.Uri.joinPath(document.uri, "..");
    const editor = await vscode.window.showTextDocument(vscode.Uri.joinPath(folder, "outputs.livemd"));
    await until(() => editor.visibleRanges.length === 2, "a fold");
    // From the comment above the output, which stays, to its closing fence.
    assert.deepEqual(editor.visibleRanges.map((it) => [it.start.line, it.end.line]), [[0, 10], [15, 17]]);
  },
  async "a new notebook begins with the template"() {
    await vscode.commands.executeCommand("livebook.newNotebook");
    const text = () => vscode.window.activeTextEditor?.document.getText();
    await until(() => text()?.startsWith("# Mine\n"), () => `the template, not ${text()}`);
    const editor = vscode.window.activeTextEditor;
    await until(() => editor.document.getText(editor.selection) === "Mine", "its title selected");
  },
});
