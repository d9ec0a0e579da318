// The palette's commands. The server's own ones are registered by the language client under the
// names that the server advertises; here they only get the notebook that is meant.
import * as vscode from "vscode";
import type { ExecuteCommandSignature } from "vscode-languageclient/node";
import { openBeside, reachable } from "./beside";
import { edit, isEdit } from "./cellEdits";
import { importFile, isImport } from "./importing";
import { insertFile, isInsertion } from "./insertingFiles";
import { cursorPlace, isAtCursor, isMove, move } from "./moving";
import { isRun, run, runAndAdvance } from "./running";
import { newNotebook } from "./newNotebook";
import { fold, isFold } from "./outputFolds";
import { meantNotebook, NO_NOTEBOOK } from "./notebooks";
import { noticeConsent } from "./rescue";
import type { Server } from "./server";
import { showStatus } from "./showStatus";
import type { Statuses } from "./statuses";

/** Says which notebook a server's command is for, where the palette or a button does not. */
export function executeCommand(command: string, args: unknown[], next: ExecuteCommandSignature): unknown {
  // Whoever gives the place moves the cursor itself.
  if (isMove(command) && args.length > 0) return next(command, args);
  if (isMove(command)) return move((where) => next(command, [where]));
  noticeConsent(command);
  const [first, ...rest] = args;
  if (isImport(command)) return importFile(first, (uri) => next(command, [uri]));
  if (isInsertion(command)) return insertFile(first, next);
  if (isRun(command)) return run(command, first, (about) => next(command, about));
  if (isFold(command)) return fold((uri) => next(command, [uri]));
  if (isEdit(command)) return edit(command, first, next);
  const editor = vscode.window.activeTextEditor;
  if (isAtCursor(command) && editor && isPlain(first)) return next(command, [cursorPlace(editor)]);
  if (isAtCursor(command) && !isPlain(first)) return next(command, args);
  const uri = meantNotebook(first);
  // A menu passes its URI and a selection or a group, of which the server knows nothing.
  const more = first instanceof vscode.Uri ? [] : rest;
  return next(command, uri === undefined ? [] : [uri, ...more]);
}

/** Nothing, or what a menu passes: no place in the text. */
function isPlain(given: unknown): boolean {
  return given === undefined || given instanceof vscode.Uri || typeof given === "string";
}

export function registerCommands(
  server: Server,
  statuses: Statuses,
  log: vscode.LogOutputChannel,
  memory: vscode.Memento,
): vscode.Disposable {
  const { registerCommand } = vscode.commands;
  return vscode.Disposable.from(
    registerCommand("livebook.openBeside", (given: unknown) => openBeside(given, memory)),
    registerCommand("livebook.copySessionUrl", (given: unknown) => copySessionUrl(statuses, given)),
    registerCommand("livebook.showStatus", (given: unknown) => showStatus(statuses, given)),
    registerCommand("livebook.newNotebook", newNotebook),
    registerCommand("livebook.runCellAndAdvance", runAndAdvance),
    registerCommand("livebook.restartServer", () => server.restart()),
    registerCommand("livebook.showLog", () => {
      log.show();
    }),
  );
}

async function copySessionUrl(statuses: Statuses, given: unknown): Promise<void> {
  const uri = meantNotebook(given);
  const url = uri === undefined ? undefined : statuses.of(uri)?.url;
  if (url) {
    await vscode.env.clipboard.writeText(await reachable(url));
    vscode.window.setStatusBarMessage("Session URL copied", 3000);
  } else {
    void vscode.window.showInformationMessage(uri === undefined ? NO_NOTEBOOK : "This notebook has no session in Livebook yet.");
  }
}
