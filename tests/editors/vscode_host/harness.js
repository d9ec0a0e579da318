// What test modules inside the extension host share. A module says
//
//   const { suite, until, window } = require("./harness");
//   exports.run = suite({ async "what it claims"() { … } });
//
// and its tests run one after the other, each in the state that the one before has left.
const http = require("node:http");
const vscode = require("vscode");

const WAIT_MS = 60_000;

/** Waits until `ask` answers something true, and answers that. */
async function until(ask, what) {
  const end = Date.now() + WAIT_MS;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`Waited in vain for ${what ?? ask}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The window as a person sees it, reached through the driver. */
const window = {
  texts: (selector) => ask("texts", { selector }),
  attributes: (selector, name) => ask("attributes", { selector, name }),
  click: (selector, text) => ask("click", { selector, text }),
  press: (keys) => ask("press", { keys }),
  type: (text) => ask("type", { text }),
  popups: () => ask("popups", {}),
  screenshot: (path) => ask("screenshot", { path }),
};

/** The text of our item in the status bar; undefined where it is hidden. */
async function statusBar() {
  return (await window.texts('[id="livebook-ls.livebook-ls.livebook.status"]'))[0]?.trim();
}

/** Waits until our item in the status bar reads so. */
function untilStatusBar(text) {
  return until(async () => (await statusBar()) === text, `“${text}” in the status bar`);
}

/** What the notifications say that nobody has closed; under test VS Code shows none by itself. */
async function messages() {
  await vscode.commands.executeCommand("notifications.showList");
  return window.texts(".notifications-center .notification-list-item-message");
}

/** Opens the workspace's only notebook; its document. */
async function openNotebook() {
  const [uri] = await vscode.workspace.findFiles("**/*.livemd");
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);
  return document;
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
        failed[name] = String(error?.stack ?? error);
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

module.exports = { messages, openNotebook, statusBar, suite, until, untilStatusBar, window };
