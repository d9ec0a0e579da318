// Livebook started from the editor: with the user's environment, and why it did not start.
const assert = require("node:assert/strict");
const vscode = require("vscode");
const { messages, openNotebook, suite, until, untilStatusBar, window } = require("./harness");

const run = vscode.commands.executeCommand;
const untilMessage = (part) => until(async () => (await messages()).find((it) => it.includes(part)), `a message with “${part}”`);

exports.run = suite({
  async "Livebook's address is that of the environment"() {
    await openNotebook();
    await untilStatusBar("Livebook: not running");
    await vscode.extensions.getExtension("livebook-ls.livebook-ls").activate();
  },
  async "a failed start is told by its reason, with a way to all that was said"() {
    void run("livebook.start");
    const told = await untilMessage("could not be started");
    assert.match(told, /expected LIVEBOOK_PORT to be a number/);
    await window.click(".notification-list-item-buttons-container .monaco-button", "Show Log");
    await until(() => vscode.window.activeTextEditor?.document.getText().includes("Crash dump"), "what it said");
  },
  async "the second start succeeds, and the notebook is attached"() {
    await run("notifications.clearAll");
    await openNotebook();
    await run("livebook.start");
    await untilStatusBar("Livebook: in sync");
  },
  async "and it is stopped from here"() {
    await run("livebook.stop");
    await untilStatusBar("Livebook: not running");
  },
});
