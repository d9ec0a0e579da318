// Images pasted from the clipboard and dropped from the desktop into a real VS Code, and what one undo takes back.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const vscode = require("vscode");
const { openNotebook, putCursor, suite, until, untilStatusBar, window } = require("./harness");

const START = "# Note\n\n## Section\n\nWords\n\n```elixir\na = 1\n```\n";
const PROSE = 4;
// A picture of one pixel.
const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
let document;

const listed = (...names) =>
  `<!-- livebook:{"file_entries":[${names.map((it) => `{"name":"${it}","type":"attachment"}`).join()}]} -->\n\n`;

function kept() {
  const folder = path.join(path.dirname(document.uri.fsPath), "files");
  return fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
}

const reads = (text) => until(() => document.getText() === text, () => `the text, not ${document.getText()}`);

exports.run = suite({
  async "a pasted image is kept, listed and shown, and one undo takes it all back"() {
    document = await openNotebook("note.livemd");
    assert.equal(document.getText(), START);
    // Only where no session has the notebook its list of files is the editor's to change.
    await untilStatusBar("Livebook: no session");
    // Keys go to who has the focus, which only a click gives for sure.
    await window.click(".view-line", "Words");
    await putCursor(PROSE, "Words".length);
    await window.copyImage("image/png", PNG);
    await window.press("Control+v");
    await reads(listed("image.png") + START.replace("Words", "Words![](files/image.png)"));
    await until(() => kept().length === 1, "the image");
    assert.deepEqual(kept(), ["image.png"]);
    await window.screenshot("images");
    await vscode.commands.executeCommand("undo");
    await reads(START);
    await until(() => kept().length === 0, "its end");
  },
  async "what is text and picture at once, as cells of a spreadsheet are, is pasted as text"() {
    await putCursor(PROSE, "Words".length);
    await window.copyImage("image/png", PNG, ", more");
    await window.press("Control+v");
    await reads(START.replace("Words", "Words, more"));
    await vscode.commands.executeCommand("undo");
    await reads(START);
  },
  async "a dropped image is kept where it was let go"() {
    await window.dropFile(".view-line", "Words", { name: "my plot.png", type: "image/png", data: PNG });
    await reads(listed("my-plot.png") + START.replace("Words", "Words![](files/my-plot.png)"));
    await until(() => kept().length === 1, "the image");
    const made = path.join(path.dirname(document.uri.fsPath), "files", "my-plot.png");
    assert.equal(fs.readFileSync(made).toString("base64"), PNG);
  },
});
