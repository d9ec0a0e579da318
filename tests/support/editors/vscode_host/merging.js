// Edits in the browser and here become one: at a save, while something is typed, and by a choice.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const vscode = require("vscode");
const { editInBrowser, messages, openNotebook, replace, saveSession, session, suite, until, untilStatusBar, window } = require("./harness");

const NAME = "both.livemd";
const onDisk = (document) => fs.readFileSync(document.uri.fsPath, "utf8");
const codes = (document) => vscode.languages.getDiagnostics(document.uri).map(({ code }) => String(code?.value ?? code));

/** Waits until something holds, and else says what each side has. */
async function untilTrue(document, ask, what) {
  await until(ask, what).catch(async (error) => {
    const sides = { buffer: document.getText(), file: onDisk(document), session: (await session(NAME)).text, codes: codes(document) };
    throw new Error(`${error.message}: ${JSON.stringify(sides, undefined, 1)}`);
  });
}

/** Waits until buffer, file and session all have these words. */
async function untilEverywhere(document, ...words) {
  const has = (text) => words.every((it) => text.includes(it));
  await untilTrue(document, async () => has(document.getText()) && has(onDisk(document)) && has((await session(NAME)).text), words.join(", "));
  await untilStatusBar("Livebook: in sync");
}

exports.run = suite({
  async "a save brings in what the browser edited, in one go"() {
    const document = await openNotebook(NAME);
    await vscode.extensions.getExtension("livebook-ls.livebook-ls").activate();
    await vscode.commands.executeCommand("livebook.attach");
    await untilStatusBar("Livebook: in sync");
    const { mtimeMs } = fs.statSync(document.uri.fsPath);
    await saveSession(NAME);
    await until(() => fs.statSync(document.uri.fsPath).mtimeMs === mtimeMs, "the file's time put back");
    await editInBrowser(NAME, ":theirs", ":theirs_1");
    await replace(document, ":mine", ":mine_1");
    assert.ok(await document.save());
    await untilEverywhere(document, ":mine_1", ":theirs_1");
    assert.equal(document.isDirty, false);
    assert.deepEqual(await messages(), []);
  },
  async "what is typed and what Livebook saves come together, and the next save asks nothing"() {
    const document = await openNotebook(NAME);
    await replace(document, ":mine_1", ":mine_2");
    await editInBrowser(NAME, ":theirs_1", ":theirs_2");
    await saveSession(NAME);
    await untilTrue(document, () => document.getText().includes(":theirs_2"), "the browser's edit in the buffer");
    assert.match(document.getText(), /:mine_2/);
    assert.ok(await document.save(), "the save was refused");
    await untilEverywhere(document, ":mine_2", ":theirs_2");
    assert.deepEqual(await messages(), []);
  },
  async "a conflict shows theirs beside, and goes through by a quick fix"() {
    const document = await openNotebook(NAME);
    await untilStatusBar("Livebook: in sync");
    await editInBrowser(NAME, ":mine_2", ":mine_in_the_browser");
    await replace(document, ":mine_2", ":mine_3");
    assert.ok(await document.save());
    await untilTrue(document, () => codes(document).includes("browser-conflict"), "the conflict");
    assert.match(onDisk(document), /:mine_3/);
    const tabs = () => vscode.window.tabGroups.all.flatMap(({ tabs: all }) => all.map(({ label }) => label));
    await until(() => tabs().some((it) => it.startsWith("both.livemd: in the browser")), "the browser's version beside");
    await window.screenshot("conflict-with-the-browser");
    const [found] = vscode.languages.getDiagnostics(document.uri).filter(({ range }) => document.lineAt(range.start.line).text === ":mine_3");
    const actions = await vscode.commands.executeCommand("vscode.executeCodeActionProvider", document.uri, found.range);
    const { command } = actions.find(({ title }) => title === "Take both, one after the other");
    await vscode.commands.executeCommand(command.command, ...command.arguments);
    await untilEverywhere(document, ":mine_3", ":mine_in_the_browser");
    await until(() => !codes(document).includes("browser-conflict"), "the end of the conflict");
    assert.deepEqual(await messages(), []);
  },
});
