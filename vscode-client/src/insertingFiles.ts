// “Insert Image or Link to File”: which file, and where; the server keeps the image and makes the link.
import * as vscode from "vscode";
import type { ExecuteCommandSignature } from "vscode-languageclient/node";
import { cursorPlace } from "./moving";

const INSERT = "livebook.insertFile";

export function isInsertion(command: string): boolean {
  return command === INSERT;
}

/** Lets the server insert what is meant, or the file that is chosen now, at the cursor. */
export async function insertFile(given: unknown, next: ExecuteCommandSignature): Promise<unknown> {
  if (typeof given === "object" && given !== null && "position" in given) return next(INSERT, [given]);
  const editor = vscode.window.activeTextEditor;
  if (!editor) return next(INSERT, []);
  const place = cursorPlace(editor);
  const chosen = await vscode.window.showOpenDialog({ openLabel: "Insert" });
  return chosen?.[0] && next(INSERT, [{ ...place, path: chosen[0].fsPath }]);
}
