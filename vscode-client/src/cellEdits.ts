// Edits of cells and sections: the server makes them and moves the cursor; here it is said where.
import * as vscode from "vscode";
import type { ExecuteCommandSignature } from "vscode-languageclient/node";
import { cursorPlace } from "./moving";

const CHANGE_LANGUAGE = "livebook.changeCellLanguage";
const LANGUAGES = ["elixir", "erlang", "python"];
const EDIT =
  /^livebook\.(insertSection|insert(Code|Markdown)Cell\w+|(split|duplicate|delete|select)Cell|joinCells|move(Cell|Section)\w+|convertCellTo\w+|changeCellLanguage|branchOff|makeBranch|deleteSection|promote|demote)$/;

export function isEdit(command: string): boolean {
  return EDIT.test(command);
}

/** Edits the cell that an action carries, or the one at the cursor. */
export async function edit(command: string, given: unknown, next: ExecuteCommandSignature): Promise<unknown> {
  const editor = vscode.window.activeTextEditor;
  if (isPlace(given)) return next(command, [given]);
  if (!editor) return next(command, []);
  const place = cursorPlace(editor);
  if (command !== CHANGE_LANGUAGE) return next(command, [place]);
  const language = await vscode.window.showQuickPick(LANGUAGES, { placeHolder: "The language of the cell" });
  return language === undefined ? undefined : next(command, [{ ...place, language }]);
}

function isPlace(given: unknown): boolean {
  return typeof given === "object" && given !== null && "position" in given;
}
