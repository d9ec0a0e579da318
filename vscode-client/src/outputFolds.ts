// Outputs in the file folded away: by a command and, where the user wants so, as a notebook is opened.
import * as vscode from "vscode";
import { isNotebook } from "./notebooks";

const COMMAND = "livebook.foldOutputs";

export function isFold(command: string): boolean {
  return command === COMMAND;
}

/** Folds the lines that the server answers for a notebook, in the editor that has the focus. */
export async function fold(ask: (uri: string) => unknown): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor || !isNotebook(editor.document)) return;
  const lines = (await ask(editor.document.uri.toString())) as number[] | null;
  if (!lines?.length || vscode.window.activeTextEditor !== editor) return;
  await vscode.commands.executeCommand("editor.fold", { selectionLines: lines, levels: 1 });
}

/** Does so with each notebook once, when it is first shown. */
export function foldAtOpen(): vscode.Disposable {
  const seen = new Set<string>();
  const look = (editor: vscode.TextEditor | undefined) => {
    if (!editor || !isNotebook(editor.document) || seen.has(editor.document.uri.toString())) return;
    seen.add(editor.document.uri.toString());
    if (vscode.workspace.getConfiguration("livebook", editor.document).get<boolean>("foldOutputs")) {
      void vscode.commands.executeCommand(COMMAND);
    }
  };
  look(vscode.window.activeTextEditor);
  return vscode.Disposable.from(
    vscode.window.onDidChangeActiveTextEditor(look),
    vscode.workspace.onDidCloseTextDocument((document) => seen.delete(document.uri.toString())),
  );
}
