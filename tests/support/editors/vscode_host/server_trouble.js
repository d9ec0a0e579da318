// A server that is missing, one that ends at once, and one that is ended: told once, never a loop.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const vscode = require("vscode");
const { messages, openNotebook, suite, until, untilStatusBar, window } = require("./harness");

const { ENDING, NOTES, WORKING } = process.env;
const notes = (name) => {
  const file = path.join(NOTES, name);
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim().split("\n") : [];
};
const untilMessage = (part) => until(async () => (await messages()).some((it) => it.includes(part)), `a message with “${part}”`);
const startWith = (program) => vscode.workspace.getConfiguration("livebook").update("server.path", program, vscode.ConfigurationTarget.Global);
const toldOnce = async () => {
  const told = await messages();
  assert.equal(told.length, 1, told.join(" | "));
};
// What the status bar says may be the word of the server before; symbols come from none but this one.
const untilAnswered = async () => {
  const { uri } = vscode.window.activeTextEditor.document;
  const symbols = () => vscode.commands.executeCommand("vscode.executeDocumentSymbolProvider", uri);
  await until(async () => ((await symbols()) ?? []).length > 0, "the server's answer");
};
const clear = () => vscode.commands.executeCommand("notifications.clearAll");

exports.run = suite({
  async "a server that is not there is told by the setting's name"() {
    await openNotebook();
    await untilMessage("Correct the setting livebook.server.path");
    await untilStatusBar("Livebook: no server");
    await toldOnce();
  },
  async "a server that ends at once is told once and not started again"() {
    await clear();
    await startWith(ENDING);
    await untilMessage("could not be started");
    await untilStatusBar("Livebook: no server");
    await toldOnce();
  },
  async "a corrected setting starts the server"() {
    await clear();
    await startWith(WORKING);
    await untilStatusBar("Livebook: in sync");
    // Had the one that ends been started again, it would have been by now.
    assert.deepEqual(notes("ends"), ["end"]);
    assert.equal(notes("pids").length, 1);
  },
  async "a server that was ended is started again, silently"() {
    process.kill(Number(notes("pids").at(-1)), "SIGKILL");
    await until(() => notes("pids").length === 2, "another server");
    await untilStatusBar("Livebook: in sync");
    assert.deepEqual(await messages(), []);
  },
  async "a server that keeps ending is given up and told"() {
    for (let starts = 2; starts <= 4; starts++) {
      await until(() => notes("pids").length === starts, `server ${starts}`);
      // One that ends before that would not be started again.
      await untilAnswered();
      process.kill(Number(notes("pids").at(-1)), "SIGKILL");
    }
    await untilMessage("keeps ending");
    await untilStatusBar("Livebook: no server");
    assert.equal(notes("pids").length, 4);
  },
  async "the status bar's item starts it again"() {
    await window.click(".statusbar-item", "Livebook: no server");
    await untilStatusBar("Livebook: in sync");
  },
});
