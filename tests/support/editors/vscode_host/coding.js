// Help with the code in cells: by the user's own Elixir, and by the session once it has a runtime.
const assert = require("node:assert/strict");
const vscode = require("vscode");
const { openNotebook, putCursor, replace, suite, until, window } = require("./harness");

const run = vscode.commands.executeCommand;
const offered = () => window.texts(".suggest-widget .monaco-list-row .label-name");
let document;

const put = async (line, character) => {
  await vscode.window.showTextDocument(document);
  await putCursor(line, character);
  await run("workbench.action.focusActiveEditorGroup");
  return new vscode.Position(line, character);
};
const end = (line) => put(line, document.lineAt(line).text.length);
const errors = () =>
  vscode.languages.getDiagnostics(document.uri).map((it) => [it.code?.value ?? it.code, it.range.start.line]);

exports.run = suite({
  async "typing in a cell offers what the cells above define"() {
    document = await openNotebook();
    // The server and its helper may only be starting.
    const known = async () => {
      const { items } = await run("vscode.executeCompletionItemProvider", document.uri, await end(18));
      return items.some(({ label }) => (label.label ?? label) === "area/2");
    };
    await until(known, "the helper");
    await end(18);
    await window.type("a");
    await until(async () => (await offered()).includes("area/2"), "the list");
    await window.press("Tab");
    await until(() => document.lineAt(18).text === "Geo.area()", () => `the call: ${document.lineAt(18).text}`);
    await window.type("1, ");
    await until(() => document.lineAt(18).text === "Geo.area(1, )", "its first argument");
  },
  async "the call around the cursor is shown by itself"() {
    const shown = () => window.texts(".parameter-hints-widget .signature");
    await until(async () => (await shown()).some((it) => it.includes("area(width, height)")), "the signature");
    await window.press("Escape");
  },
  async "a name is explained, and leads to its cell"() {
    const name = new vscode.Position(18, 5);
    const hovers = await run("vscode.executeHoverProvider", document.uri, name);
    assert.ok(hovers.some((it) => it.contents.some(({ value }) => value.includes("The area."))));
    const [place] = await run("vscode.executeDefinitionProvider", document.uri, name);
    assert.equal((place.range ?? place.targetRange).start.line, 13);
  },
  async "what does not parse is told while typing"() {
    await replace(document, "Geo.area(1, )", "x=(1 + ]");
    await until(() => errors().some(([code, line]) => code === "syntax-error" && line === 18), "the error");
    await replace(document, "(1 + ]", "1");
    await until(() => errors().length === 0, "no error any more");
  },
  async "formatting on save forms the cells"() {
    const settings = vscode.workspace.getConfiguration("editor", { languageId: "livebook" });
    await settings.update("formatOnSave", true, vscode.ConfigurationTarget.Workspace, true);
    await until(async () => {
      await replace(document, "x", "x");
      return (await document.save()) && document.lineAt(18).text === "x = 1";
    }, "the form");
    await settings.update("formatOnSave", undefined, vscode.ConfigurationTarget.Workspace, true);
  },
  async "in prose nothing pops up, also where a snippet would fit"() {
    await end(4);
    await window.type(" not");
    await new Promise((resolve) => setTimeout(resolve, 700));
    assert.deepEqual(await offered(), []);
    await run("undo");
  },
  async "a session with a runtime answers with its values"() {
    await run("livebook.runAll");
    await replace(document, "x = 1", "bound");
    const found = async () => {
      const { items } = await run("vscode.executeCompletionItemProvider", document.uri, await end(18));
      return items.find(({ label }) => (label.label ?? label) === "bound_value");
    };
    // What only the text says is marked as that.
    await until(async () => (await found())?.label.description === undefined && (await found()), "the session's value");
  },
});
