// From cell to cell: the server says where, the cursor is moved here.
import * as vscode from "vscode";

interface Place {
  readonly line: number;
  readonly character: number;
}

const MOVES = ["livebook.nextCell", "livebook.previousCell"];

export function isMove(command: string): boolean {
  return MOVES.includes(command);
}

export async function move(ask: (where: object) => unknown): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return;
  const { line, character } = editor.selection.active;
  const place = (await ask({ uri: editor.document.uri.toString(), position: { line, character } })) as Place | null;
  if (!place) return;
  const position = new vscode.Position(place.line, place.character);
  editor.selection = new vscode.Selection(position, position);
  editor.revealRange(editor.selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
