// One of two places in which a notebook is edited at once: does what `tests/support/both_places.py` asks.
const http = require("node:http");
const vscode = require("vscode");
const { messages, openNotebook, replace, statusBar, suite, until } = require("./harness");

// A save that waits longer than this has a question for a person.
const ASKS_AFTER_MS = 4000;

let document;

const actions = {
  isInSync: async () => (await statusBar()) === "Livebook: in sync",
  type: (word) => replace(document, ":mine\n", `:mine\n# ${word}\n`),
  save,
  told: () => vscode.languages.getDiagnostics(document.uri).map(({ code }) => String(code?.value ?? code)),
  buffer: () => document.getText(),
};

/** Saves the notebook; what VS Code asks before that, which a person answers with their own text. */
async function save() {
  const end = Date.now() + ASKS_AFTER_MS;
  while (Date.now() < end) {
    // VS Code says no as well where it is just looking at the file anew.
    if ((await document.save()) || !document.isDirty) return "";
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const asked = (await messages()).join(" ") || "nothing that could be seen";
  await vscode.commands.executeCommand("workbench.files.action.acceptLocalChanges");
  await until(() => !document.isDirty, "the save");
  return asked;
}

exports.run = suite({
  async "it does what it is asked until it may leave"() {
    document = await openNotebook();
    await vscode.extensions.getExtension("livebook-ls.livebook-ls").activate();
    await new Promise((leave, fail) => {
      const server = http.createServer(async (request, response) => {
        let body = "";
        for await (const part of request) body += part;
        const { action, word } = JSON.parse(body);
        if (action === "leave") {
          response.end("null");
          server.close(leave);
          server.closeAllConnections();
          return;
        }
        try {
          response.end(JSON.stringify((await actions[action](word)) ?? null));
        } catch (error) {
          response.end("null");
          fail(error);
        }
      });
      server.listen(Number(process.env.PLACE_PORT), "127.0.0.1");
    });
  },
});
