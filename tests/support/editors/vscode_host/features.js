// Everything that the extension adds to the editor beside the main job: commands, menus, looks.
const assert = require("node:assert/strict");
const vscode = require("vscode");
const { cursorSettled, messages, openNotebook, putCursor, session, standIn, statusBar, suite, until, untilStatusBar, window } = require("./harness");

const { contributes } = vscode.extensions.getExtension("livebook-ls.livebook-ls").packageJSON;
const run = vscode.commands.executeCommand;
const rows = () => window.texts(".quick-input-list .monaco-list-row");
const untilRow = (text) => until(async () => (await rows()).some((it) => it.includes(text)), `“${text}” among the rows`);
const menu = () => window.texts(".monaco-menu .action-item");
const untilInMenu = (text) => until(async () => (await menu()).some((it) => it.includes(text)), `“${text}” in the menu`);
const cursor = () => vscode.window.activeTextEditor.selection.active;
const hasWebview = () => vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(({ input }) => input instanceof vscode.TabInputWebview));

let document;

/** Types a command's title into the palette. */
async function searchPalette(title) {
  await window.press("F1");
  // What is typed before it is open goes to the text.
  await until(async () => (await window.texts(".quick-input-widget input:focus")).length > 0, "the palette");
  await window.type(title);
  await untilRow(title);
}

exports.run = suite({
  async "every command of ours is there, and in the palette"() {
    document = await openNotebook("note.livemd");
    await untilStatusBar("Livebook: in sync");
    const has = new Set(await vscode.commands.getCommands(true));
    const missing = contributes.commands.filter(({ command }) => !has.has(command)).map(({ command }) => command);
    assert.deepEqual(missing.filter((it) => !["livebook.start", "livebook.stop"].includes(it)), []);
    for (const title of ["Open in Livebook to the Side", "Go to Next Cell"]) {
      await searchPalette(`Livebook: ${title}`);
      await window.press("Escape");
    }
    await searchPalette("Livebook: ");
    const shown = (await rows()).join();
    assert.doesNotMatch(shown, /Anyway|Restore|Hold Saves Back/, "nothing is to be rescued, nor was agreed to");
    await window.screenshot("palette");
    await window.press("Escape");
  },
  async "no key of ours is taken already"() {
    const uri = vscode.Uri.parse("vscode://defaultsettings/keybindings.json");
    const taken = JSON.parse((await vscode.workspace.openTextDocument(uri)).getText().replace(/^\s*\/\/.*$/gm, ""));
    assert.ok(taken.length > 500);
    // Those that VS Code's own notebooks have, for the same.
    const asInNotebooks = ["shift+enter", "ctrl+enter", "alt+up", "alt+down"];
    for (const { key, when } of contributes.keybindings) {
      assert.match(when, /^editorLangId == livebook && editorTextFocus( && |$)/);
      if (asInNotebooks.includes(key)) continue;
      const others = taken.filter((it) => it.key === key && !it.command.startsWith("livebook."));
      // Markdown's own are for Markdown alone.
      assert.deepEqual(others.filter((it) => !/editorLangId =~? \/?.{0,3}markdown/.test(it.when ?? "")), [], key);
    }
  },
  async "the cursor goes from cell to cell, and shows where it is"() {
    await vscode.window.showTextDocument(document);
    await putCursor(0);
    await run("livebook.nextCell");
    assert.equal(document.lineAt(cursor()).text, "1 + 1");
    await cursorSettled();
    await run("livebook.nextCell");
    assert.equal(document.lineAt(cursor()).text, "def answer():");
    await cursorSettled();
    await run("livebook.previousCell");
    assert.equal(document.lineAt(cursor()).text, "1 + 1");
  },
  async "an editor that looks for a light bulb is offered nothing where nothing is wrong"() {
    const place = new vscode.Range(0, 0, 0, 0);
    const actions = await run("vscode.executeCodeActionProvider", document.uri, place);
    const titles = actions.map(({ title }) => title).filter((it) => it === "Open in Livebook");
    assert.equal(titles.length, 1);
    assert.deepEqual(await window.texts(".codicon-light-bulb"), []);
  },
  async "in a cell comments and indentation are its language's"() {
    const editor = await vscode.window.showTextDocument(document);
    const line = document.getText().split("\n").indexOf("1 + 1");
    await putCursor(line);
    await run("editor.action.commentLine");
    assert.equal(document.lineAt(line).text, "# 1 + 1");
    await run("undo");
    await putCursor(line, "1 + 1".length);
    await run("workbench.action.focusActiveEditorGroup");
    await window.press("Enter");
    await window.type("if true do");
    await window.press("Escape");
    // Which language's rules hold for Enter is known once the line is coloured.
    await until(async () => (await window.texts(".view-line span span")).includes("if"), "the colours");
    await window.press("Enter");
    await window.type("1");
    await until(() => document.lineAt(line + 2).text === "  1", () => `an indented line:\n${document.getText()}`);
    await window.press("Enter");
    await window.type("end");
    await until(() => document.lineAt(line + 3).text.trim() === "end", () => `the end:\n${document.getText()}`);
    await run("workbench.action.files.revert");
    assert.equal(editor.options.tabSize, 2);
  },
  async "a snippet is offered on request"() {
    const completions = await run("vscode.executeCompletionItemProvider", document.uri, new vscode.Position(0, 0));
    const labels = completions.items.map(({ label }) => label.label ?? label);
    assert.ok(labels.includes("notebook-python"), labels.join());
    assert.equal(vscode.workspace.getConfiguration("editor", document).get("quickSuggestions").strings, "off");
  },
  async "behind a fence the languages are completed, and closed along"() {
    const editor = await vscode.window.showTextDocument(document);
    const end = document.lineAt(document.lineCount - 1).range.end;
    await editor.edit((edit) => edit.insert(end, "\n```"));
    const place = document.lineAt(document.lineCount - 1).range.end;
    const completions = await run("vscode.executeCompletionItemProvider", document.uri, place, "`");
    const elixir = completions.items.find(({ label }) => (label.label ?? label) === "elixir");
    assert.equal(elixir.insertText.value, "elixir\n$0\n```");
    await run("workbench.action.files.revert");
  },
  async "a link leads to its section, which takes the link along when it is renamed"() {
    const editor = await vscode.window.showTextDocument(document);
    const name = document.getText().match(/^## (.*)$/m)[1];
    const anchor = name.toLowerCase().replaceAll(" ", "-");
    const end = document.lineAt(document.lineCount - 1).range.end;
    await editor.edit((edit) => edit.insert(end, `\n[there](#${anchor})\n`));
    const line = document.getText().split("\n").findIndex((it) => it.startsWith("[there]"));
    const [found] = await run("vscode.executeDefinitionProvider", document.uri, new vscode.Position(line, 9));
    const there = (found.targetRange ?? found.range).start;
    assert.equal(document.lineAt(there).text, `## ${name}`);
    const edit = await run("vscode.executeDocumentRenameProvider", document.uri, there, "Another name");
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.match(document.getText(), /^## Another name$[^]*\[there\]\(#another-name\)/m);
    const symbols = await run("vscode.executeWorkspaceSymbolProvider", "another name");
    assert.ok(symbols.some((it) => it.name === "Another name"), "the section among the symbols");
    await run("workbench.action.files.revert");
  },
  async "a key goes there too"() {
    await vscode.window.showTextDocument(document);
    await putCursor(document.getText().split("\n").indexOf("1 + 1"));
    await run("workbench.action.focusActiveEditorGroup");
    await window.press("Control+k");
    await window.press("n");
    await until(() => document.lineAt(cursor()).text === "def answer():", "the next cell by its key");
  },
  async "code cells have a background, or lines between them"() {
    const decorated = (property) =>
      window.styles(".monaco-editor .view-overlays .cdr", property);
    await until(async () => (await decorated("background-color")).some((it) => /^rgba\(\d+, \d+, \d+, 0\.0\d+\)$/.test(it)), "a background");
    const settings = vscode.workspace.getConfiguration("livebook");
    await settings.update("cellDecoration", "separators", vscode.ConfigurationTarget.Workspace);
    await until(async () => (await decorated("border-top-width")).includes("1px"), "a separator");
    await window.screenshot("separators");
    await settings.update("cellDecoration", "off", vscode.ConfigurationTarget.Workspace);
    await until(async () => !(await decorated("border-top-width")).includes("1px"), "no separator");
    await settings.update("cellDecoration", undefined, vscode.ConfigurationTarget.Workspace);
  },
  async "the language's own status says how the notebook stands"() {
    await window.click('[id="status.languageStatus"]');
    await until(async () => (await window.texts(".hover-language-status")).some((it) => it.includes("Livebook: in sync")), "it among the language's");
    await window.press("Escape");
  },
  async "the session opens beside the text, in the editor's own browser, with a hint"() {
    const popups = (await window.popups()).length;
    await run("livebook.openBeside");
    await until(hasWebview, "the browser's tab");
    await until(async () => (await messages()).some((it) => it.includes("LIVEBOOK_WITHIN_IFRAME=true")), "the hint");
    await run("notifications.clearAll");
    assert.equal((await window.popups()).length, popups, "no page in the browser too");
    await run("workbench.action.closeAllEditors");
  },
  async "the status is shown with what the doctor finds"() {
    await vscode.window.showTextDocument(document);
    await run("livebook.showStatus");
    await untilRow("In sync with Livebook.");
    await untilRow("its dev endpoints are on.");
    const order = await rows();
    const at = (text) => order.findIndex((it) => it.includes(text));
    assert.ok(at("Open in Livebook") < at("its dev endpoints are on."), order.join(" | "));
    await window.screenshot("status");
    await window.press("Escape");
  },
  async "a new notebook is in the New File menu"() {
    run("welcome.showNewFileEntries");
    await untilRow("Livebook Notebook");
    await window.press("Escape");
    await run("livebook.newNotebook");
    const fresh = vscode.window.activeTextEditor.document;
    assert.equal(fresh.languageId, "livebook");
    assert.match(fresh.getText(), /^# Untitled notebook\n/);
    assert.match(fresh.uri.path, /\/untitled\.livemd$/);
    const outline = () => run("vscode.executeDocumentSymbolProvider", fresh.uri);
    await until(async () => (await outline())?.[0]?.name === "Untitled notebook", "its outline");
    await until(async () => (await statusBar()) === undefined, "no status of what is not saved yet");
    await run("workbench.action.revertAndCloseActiveEditor");
  },
  async "the explorer's menu opens a notebook that is not open here"() {
    await run("workbench.view.explorer");
    await window.clickRight(".explorer-folders-view .monaco-list-row", "other.livemd");
    await untilInMenu("Open in Livebook");
    await untilInMenu("Open in Livebook to the Side");
    await untilInMenu("Sync to Livebook Now");
    await window.screenshot("explorer-menu");
    await window.click(".monaco-menu .action-item .action-label", "Open in Livebook");
    await until(() => session("other.livemd"), "its session");
  },
  async "the walkthrough leads the way"() {
    await run("workbench.action.openWalkthrough", "livebook-ls.livebook-ls#start", false);
    await until(async () => (await window.texts(".getting-started-step")).some((it) => it.includes("Switch on the dev endpoints")), "its steps");
    await window.screenshot("walkthrough");
    await run("workbench.action.closeActiveEditor");
  },
  async "a hazard is marked at its line, with its reason"() {
    await run("workbench.action.closeAllEditors");
    await run("workbench.action.closeAuxiliaryBar");
    await run("workbench.action.closeSidebar");
    const weather = await openNotebook("weather.livemd");
    const problems = () => vscode.languages.getDiagnostics(weather.uri);
    const hazard = await until(() => problems().find(({ code }) => (code.value ?? code) === "unclosed-fence"), "the hazard");
    assert.equal(weather.lineAt(hazard.range.start).text, "```elixir");
    vscode.window.activeTextEditor.selection = new vscode.Selection(hazard.range.start, hazard.range.start);
    await run("editor.action.showHover", { focus: "noAutoFocus" });
    await until(async () => (await window.texts(".monaco-hover")).some((it) => it.includes("never closed")), "its reason");
    await until(async () => (await window.texts(".monaco-hover")).some((it) => it.includes("Quick Fix")), "the way to its fix");
    await window.press("Escape");
    await untilStatusBar("Livebook: held back");
    await searchPalette("Livebook: Sync Anyway, Once");
    await window.press("Escape");
    await run("editor.action.showHover", { focus: "noAutoFocus" });
    await until(async () => (await window.texts(".monaco-hover")).some((it) => it.includes("never closed")), "its reason again");
    // The picture in both READMEs: scripts/picture.
    await window.screenshot("hazard");
    await window.click(".monaco-hover a.code-link", "unclosed-fence");
    const entry = await until(() => vscode.window.visibleTextEditors.find((it) => it.document.fileName.endsWith("messages.md")), "the page of messages");
    await until(() => entry.document.lineAt(entry.selection.active.line).text.includes("`unclosed-fence`"), "its entry");
    await run("workbench.action.closeActiveEditor");
  },
  async "no request left a mark on the notebook"() {
    assert.equal(document.isDirty, false);
    assert.ok((await standIn()).sessions.length >= 1);
  },
});
