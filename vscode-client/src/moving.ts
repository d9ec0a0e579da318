// From cell to cell: the server says where, the cursor is moved here.
import * as vscode from "vscode";

interface Place {
  readonly line: number;
  readonly character: number;
}

const AT_CURSOR = "livebook.openAtSection";
const MOVES = ["livebook.nextCell", "livebook.previousCell"];

export function isMove(command: string): boolean {
  return MOVES.includes(command);
}

/** Whether a command of the palette means the place of the cursor. */
export function isAtCursor(command: string): boolean {
  return command === AT_CURSOR;
}

/** The cursor's place, as the server's commands take it. */
export function cursorPlace(editor: vscode.TextEditor): object {
  const { line, character } = editor.selection.active;
  return { uri: editor.document.uri.toString(), position: { line, character } };
}

export async function move(ask: (where: object) => unknown): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return;
  const place = (await ask(cursorPlace(editor))) as Place | null;
  if (!place) return;
  const position = new vscode.Position(place.line, place.character);
  editor.selection = new vscode.Selection(position, position);
  editor.revealRange(editor.selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
