// Which notebook is meant: the one that a menu was opened on, or else the one that is looked at.
import * as vscode from "vscode";

export const NO_NOTEBOOK = "Open a .livemd notebook first.";

export function isNotebook(document: vscode.TextDocument): boolean {
  return isNotebookUri(document.uri);
}

/** The notebook's URI as the server knows it; `given` is what a menu or a button passes along. */
export function meantNotebook(given: unknown): string | undefined {
  if (given instanceof vscode.Uri) return given.toString();
  return typeof given === "string" ? given : shownNotebook()?.toString();
}

/** The notebook that is looked at. */
export function shownNotebook(): vscode.Uri | undefined {
  const document = vscode.window.activeTextEditor?.document;
  if (document && isNotebook(document)) return document.uri;
  // Another extension may show it in an editor of its own, or it is one side of a diff.
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const uri = input instanceof vscode.TabInputTextDiff ? input.modified : uriOf(input);
  return uri && isNotebookUri(uri) ? uri : undefined;
}

function uriOf(input: unknown): vscode.Uri | undefined {
  const isShown = input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom;
  return isShown ? input.uri : undefined;
}

function isNotebookUri(uri: vscode.Uri): boolean {
  return uri.scheme === "file" && uri.path.endsWith(".livemd");
}
