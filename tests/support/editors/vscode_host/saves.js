// Ten edits and saves in a row, each written back by Livebook in its own way, and Livebook away.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const vscode = require("vscode");
const { messages, openNotebook, replace, save, saveSession, session, statusBar, suite, until, untilStatusBar, window } = require("./harness");

const SAVES = 10;
const onDisk = (document) => fs.readFileSync(document.uri.fsPath, "utf8");
const set = (name, value) => vscode.workspace.getConfiguration("livebook").update(name, value, vscode.ConfigurationTarget.Workspace);
const say = (word) => fs.writeFileSync(path.join(process.env.NOTES, word), "");

/** Saves ten times what `line` makes of a number; after each the buffer, the file and the session are one. */
async function saveTenTimes(name, first, line, arrives = line, reloads = async () => undefined) {
  const document = await openNotebook(name);
  await vscode.extensions.getExtension("livebook-ls.livebook-ls").activate();
  await vscode.commands.executeCommand("livebook.attach");
  await untilStatusBar("Livebook: in sync");
  // A new session is saved once; whoever saves at that moment has another test.
  const { mtimeMs } = fs.statSync(document.uri.fsPath);
  await saveSession(name);
  await until(() => fs.statSync(document.uri.fsPath).mtimeMs === mtimeMs, "the file's time put back");
  let last = first;
  for (let number = 1; number <= SAVES; number++) {
    const { saves } = await session(name);
    await replace(document, last, line(number));
    assert.ok(await document.save(), `save ${number} was refused`);
    last = arrives(number);
    await until(async () => (await session(name)).saves > saves, `write-back ${number}`);
    await until(() => onDisk(document).includes(last), `line ${number} in the file`).catch(async (error) => {
      throw new Error(`${error.message}; Livebook has\n${(await session(name)).text}\nand the status is ${await statusBar()}`);
    });
    await until(() => document.getText() === onDisk(document), `the file in the buffer after save ${number}`).catch((error) => {
      throw new Error(`${error.message}\n${document.getText()}\nbut the file has\n${onDisk(document)}`);
    });
    await reloads();
    assert.equal(document.isDirty, false);
    await until(async () => (await session(name)).text.includes(last), `line ${number} in the session`);
  }
  assert.deepEqual(await messages(), []);
  return document;
}

exports.run = suite({
  async "the first minute: opened, typed in and saved, with nothing asked"() {
    const document = await openNotebook("first.livemd");
    await untilStatusBar("Livebook: no session");
    await vscode.commands.executeCommand("livebook.attach");
    await replace(document, "x = 0", "x = 1");
    await until(async () => (await session("first.livemd")).saves > 0, "Livebook's first save");
    await fetch(`${process.env.STAND_IN_URL}/stand-in/settle`, { method: "POST" });
    assert.match(onDisk(document), /\n- one\n/);
    await save(document);
    await until(async () => (await session("first.livemd")).text.includes("x = 1"), "the edit in the session");
    assert.match(document.getText(), /\n\* one\n/);
    await until(() => document.getText() === onDisk(document), "the file in the buffer");
    assert.equal(document.isDirty, false);
    assert.deepEqual(await messages(), []);
  },
  async "the same bytes come back with a newer time"() {
    await saveTenTimes("same.livemd", "x = 0", (number) => `x = ${number}1`);
  },
  async "a quiet save leaves the buffer and the file equal, in Livebook's form"() {
    await saveTenTimes("quiet.livemd", "LINE", (number) => `- item ${number}1`, (number) => `* item ${number}1`);
  },
  async "a valid stamp stays one"() {
    const document = await saveTenTimes("stamped.livemd", "x = 0", (number) => `x = ${number}1`);
    assert.match(document.getText(), /"stamp":/);
  },
  async "Livebook brings the file into its own form"() {
    await set("canonicalOnSave", "never");
    // VS Code loads the file when it changes, be it half written, and may hold the whole text with the
    // time of the half, until it looks again. It does so now, lest it refuses a save that comes before.
    const reloads = () => vscode.commands.executeCommand("workbench.action.files.revert");
    await saveTenTimes("loose.livemd", "LINE", (number) => `- item ${number}1`, (number) => `* item ${number}1`, reloads);
    await set("canonicalOnSave", undefined);
  },
  async "Livebook goes away"() {
    const document = await openNotebook("same.livemd");
    await untilStatusBar("Livebook: in sync");
    say("away");
    await until(() => !fs.existsSync(path.join(process.env.NOTES, "away")), "Livebook's end");
    await replace(document, "x = ", "meanwhile = ");
    assert.ok(await document.save());
    await untilStatusBar("Livebook: not running");
    await window.screenshot("livebook-away");
  },
  async "Livebook comes back, and what was saved meanwhile is there"() {
    say("back");
    await untilStatusBar("Livebook: in sync");
    await until(async () => (await session("same.livemd"))?.text.includes("meanwhile = "), "the edit in the session");
    assert.deepEqual(await messages(), []);
  },
});
