// What test modules inside the extension host share. A module says
//
//   const { suite, until, window } = require("./harness");
//   exports.run = suite({ async "what it claims"() { … } });
//
// and its tests run one after the other, each in the state that the one before has left.
const http = require("node:http");
const path = require("node:path");
const vscode = require("vscode");

// Only who waits in vain waits so long; a busy machine takes its time for everything.
const WAIT_MS = 180_000;

/** Waits until `ask` answers something true, and answers that; `what` is waited for, or tells it at the end. */
async function until(ask, what) {
  const end = Date.now() + WAIT_MS;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`Waited in vain for ${typeof what === "function" ? what() : (what ?? ask)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The window as a person sees it, reached through the driver. */
const window = {
  texts: (selector) => ask("texts", { selector }),
  attributes: (selector, name) => ask("attributes", { selector, name }),
  click: (selector, text) => ask("click", { selector, text }),
  clickRight: (selector, text) => ask("clickRight", { selector, text }),
  styles: (selector, property) => ask("styles", { selector, property }),
  press: (keys) => ask("press", { keys }),
  type: (text) => ask("type", { text }),
  popups: () => ask("popups", {}),
  copyImage: (type, data, text) => ask("copyImage", { type, data, text }),
  dropFile: (selector, text, file) => ask("dropFile", { selector, text, ...file }),
  /** A picture for people, by its name, once what moves in has come to rest. */
  async screenshot(name) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await ask("screenshot", { path: path.join(process.env.SCREENSHOTS, `vscode-${name}.png`) });
  },
};

/** The text of our item in the status bar; undefined where it is hidden. */
async function statusBar() {
  return (await window.texts('[id="livebook-ls.livebook-ls.livebook.status"]'))[0]?.trim();
}

/** Waits until our item in the status bar reads so. */
async function untilStatusBar(text) {
  let shown;
  const reads = async () => (shown = await statusBar()) === text;
  await until(reads, `“${text}” in the status bar`).catch((error) => {
    throw new Error(`${error.message}, which reads “${shown}”`);
  });
}

// What VS Code itself says on a busy machine, while an extension takes its time.
const OF_VSCODE = "Activating Extensions...";

/** What the notifications say that nobody has closed; under test VS Code shows none by itself. */
async function messages() {
  await vscode.commands.executeCommand("notifications.showList");
  const shown = await window.texts(".notifications-center .notification-list-item-message");
  return shown.filter((it) => it.trim() !== OF_VSCODE);
}

/** What the stand-in Livebook says of itself. */
async function standIn() {
  return (await fetch(`${process.env.STAND_IN_URL}/stand-in/state`)).json();
}

/** The session of a notebook, by the end of its path. */
async function session(name) {
  return (await standIn()).sessions.find((it) => it.file.endsWith(name));
}

/** Has the session of a notebook save, as a person does in the browser. */
async function saveSession(name) {
  const { file } = await until(() => session(name), `the session of ${name}`);
  await fetch(`${process.env.STAND_IN_URL}/stand-in/save`, { method: "POST", body: JSON.stringify({ file }) });
}

/** Has somebody edit a notebook in the browser: the first `old` becomes `text`. */
async function editInBrowser(name, old, text) {
  const held = await until(() => session(name), `the session of ${name}`);
  const body = JSON.stringify({ file: held.file, text: held.text.replace(old, text) });
  await fetch(`${process.env.STAND_IN_URL}/stand-in/edit`, { method: "POST", body });
}

/** Replaces the first `old` in a document, as an edit that can be undone. */
async function replace(document, old, text) {
  // An edit is refused where the text changes under it, as when a file is just loaded anew.
  await until(async () => {
    const edit = new vscode.WorkspaceEdit();
    const start = document.getText().indexOf(old);
    if (start < 0) throw new Error(`There is no ${old} in ${document.getText()}`);
    edit.replace(document.uri, new vscode.Range(document.positionAt(start), document.positionAt(start + old.length)), text);
    return vscode.workspace.applyEdit(edit);
  }, `the edit to ${text}`);
}

/** Saves a document. VS Code says no as well where it is just looking at the file anew; what it has against a save it shows in a message. */
async function save(document) {
  await until(async () => (await document.save()) || !document.isDirty, "the save");
}

/** Opens the workspace's notebook of that name, or the only one; its document. */
async function openNotebook(name = "*.livemd") {
  const [uri] = await vscode.workspace.findFiles(`**/${name}`);
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);
  return document;
}

/** Puts the cursor somewhere, and waits until it is settled there. */
async function putCursor(line, character = 0) {
  vscode.window.activeTextEditor.selection = new vscode.Selection(line, character, line, character);
  await cursorSettled();
}

/**
 * Waits until the window has the cursor where an extension has put it, and our extension has said
 * what keys mean at that place: each of both has done its part once it answers.
 */
async function cursorSettled() {
  await vscode.commands.executeCommand("setContext", "livebookTests.cursor", 1);
  await vscode.commands.executeCommand("setContext", "livebookTests.cursor", 2);
}

/**
 * Waits until the server has done what it does after an edit of its own: showing where the cursor
 * goes. It hears that the edit was applied before it hears a question that is asked after it, and
 * what it showed on that is shown before its second answer is.
 */
async function editSettled(document) {
  await cursorSettled();
  const ask = () => vscode.commands.executeCommand("vscode.executeHoverProvider", document.uri, new vscode.Position(0, 0));
  await ask();
  await ask();
  await cursorSettled();
}

/** What a person would see now; without it one can only guess why something was waited for in vain. */
async function seen() {
  const editor = vscode.window.activeTextEditor;
  const document = editor?.document;
  const found = document ? vscode.languages.getDiagnostics(document.uri) : [];
  return JSON.stringify({
    text: document?.getText(),
    isDirty: document?.isDirty,
    cursor: editor?.selection.active,
    diagnostics: found.map((it) => [it.range.start.line, it.message]),
    status: await statusBar(),
    messages: await messages(),
  });
}

/** A module's `run`: runs the tests, tells the driver how they went. */
function suite(tests) {
  return async () => {
    const passed = [];
    const failed = {};
    for (const [name, test] of Object.entries(tests)) {
      const started = Date.now();
      try {
        await test();
        passed.push(name);
        console.log(`ok ${name} (${Date.now() - started} ms)`);
      } catch (error) {
        const more = await seen().catch((unseen) => `what was to be seen isn't known: ${unseen}`);
        failed[name] = `${error?.stack ?? error}\n${more}`;
        console.log(`FAILED ${name}: ${failed[name]}`);
        // The next tests build on this one.
        break;
      }
    }
    const hasFailed = Object.keys(failed).length > 0;
    // What was logged last is still on its way to the driver.
    await new Promise((resolve) => setTimeout(resolve, 200));
    await ask("result", { result: hasFailed ? { passed, failed } : { passed } });
  };
}

function ask(action, details) {
  const body = JSON.stringify({ action, ...details });
  return new Promise((resolve, reject) => {
    const request = http.request(process.env.WINDOW_URL, { method: "POST" }, (response) => {
      let text = "";
      response.on("data", (part) => (text += part));
      response.on("end", () => {
        const { answer, error } = JSON.parse(text);
        if (error) reject(new Error(`${action}: ${error}`));
        else resolve(answer);
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}

module.exports = { cursorSettled, editInBrowser, editSettled, messages, openNotebook, putCursor, replace, save, saveSession, session, standIn, statusBar, suite, until, untilStatusBar, window };
