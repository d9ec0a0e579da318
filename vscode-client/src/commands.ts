// The palette's commands. The server's own ones are registered by the language client under the
// names that the server advertises; here they only get the notebook that is meant.
import * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";
import type { Server } from "./server";
import { isNotebook, type StatusBar } from "./statusBar";

const NO_NOTEBOOK = "Open a .livemd notebook first.";

/** Says which notebook a server's command is for, where the palette or a button does not. */
export const withNotebook: Middleware = {
  executeCommand: (command, args: unknown[], next): unknown => {
    const [first, ...rest] = args;
    if (first instanceof vscode.Uri) {
      // The title's button passes the editor's URI and its group, of which the server knows nothing.
      return next(command, [first.toString()]);
    }
    const uri = first === undefined ? activeNotebook() : first;
    return next(command, uri === undefined ? [] : [uri, ...rest]);
  },
};

export function registerCommands(server: Server, statusBar: StatusBar, log: vscode.LogOutputChannel): vscode.Disposable {
  const { registerCommand } = vscode.commands;
  return vscode.Disposable.from(
    registerCommand("livebook.copySessionUrl", () => copySessionUrl(statusBar)),
    registerCommand("livebook.showStatus", () => showStatus(statusBar)),
    registerCommand("livebook.restartServer", () => server.restart()),
    registerCommand("livebook.showLog", () => {
      log.show();
    }),
  );
}

async function copySessionUrl(statusBar: StatusBar): Promise<void> {
  const uri = activeNotebook();
  const url = uri === undefined ? undefined : statusBar.statusOf(uri)?.url;
  if (url) {
    await vscode.env.clipboard.writeText(url);
    vscode.window.setStatusBarMessage("Session URL copied", 3000);
  } else {
    void vscode.window.showInformationMessage(uri === undefined ? NO_NOTEBOOK : "This notebook has no session in Livebook yet.");
  }
}

async function showStatus(statusBar: StatusBar): Promise<void> {
  const uri = activeNotebook();
  const status = uri === undefined ? undefined : statusBar.statusOf(uri);
  if (!status) {
    void vscode.window.showInformationMessage(uri === undefined ? NO_NOTEBOOK : "The Livebook server has said nothing about this notebook yet.");
    return;
  }
  const url = status.url;
  const buttons = url ? ["Open in Livebook", "Show Log"] : ["Show Log"];
  const choice = await vscode.window.showInformationMessage(status.sentence, ...buttons);
  if (choice === "Open in Livebook") await vscode.commands.executeCommand("livebook.open", uri);
  if (choice === "Show Log") await vscode.commands.executeCommand("livebook.showLog");
}

function activeNotebook(): string | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document && isNotebook(document) ? document.uri.toString() : undefined;
}
