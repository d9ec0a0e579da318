// Running cells: what runs is what is saved, so it is saved first; a key goes on to the next cell.
import * as vscode from "vscode";
import { move } from "./moving";
import { isNotebook, meantNotebook } from "./notebooks";

type Ask = (args: unknown[]) => unknown;

const RUNS = ["runCell", "runAbove", "runBelow", "runSection", "runAll", "runStale"].map((it) => `livebook.${it}`);
const AT_CURSOR = ["livebook.showOutput"];
// Is the cursor where Shift+Enter and Ctrl+Enter run cells?
const IN_CELL = "livebook.inCodeCell";
// Set where the workspace isn't trusted. VS Code's own `isWorkspaceTrusted` is set once the window has
// come to rest; until then, which may be many seconds, a key that asks for it would write a line.
const RESTRICTED = "livebook.isRestricted";
const FENCE = /^\s{0,3}(`{3,}|~{3,})(.*)$/;

export function isRun(command: string): boolean {
  return RUNS.includes(command) || AT_CURSOR.includes(command);
}

/** Runs a command of the server for the cell that a lens carries, or for the one at the cursor. */
export async function run(command: string, given: unknown, ask: Ask): Promise<unknown> {
  const about = isAbout(given) ? given : atCursor(given);
  if (!about) return ask([]);
  if (RUNS.includes(command) && !(await saved(about.uri))) return undefined;
  return ask([isAbout(given) ? given : afterSave(about.uri)]);
}

/** The save may have brought the notebook into Livebook's form, and moved the cursor with its cell. */
function afterSave(uri: string): About {
  return atCursor(vscode.Uri.parse(uri)) ?? { uri };
}

export async function runAndAdvance(): Promise<void> {
  const uri = meantNotebook(undefined);
  if (uri === undefined || !(await saved(uri))) return;
  const about = afterSave(uri);
  // The cursor goes on without waiting; the result comes when it comes, and moves nothing.
  const running = vscode.commands.executeCommand("livebook.runCell", about);
  await move((where) => vscode.commands.executeCommand("livebook.nextCell", where));
  await running;
}

/** Keeps the context that the keys depend on. */
export function watchCursor(): vscode.Disposable {
  const update = (editor: vscode.TextEditor | undefined) => {
    const is = editor !== undefined && isNotebook(editor.document) && isInCode(editor.document, editor.selection.active.line);
    void vscode.commands.executeCommand("setContext", IN_CELL, is);
  };
  update(vscode.window.activeTextEditor);
  return vscode.Disposable.from(
    vscode.window.onDidChangeActiveTextEditor(update),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
      if (textEditor === vscode.window.activeTextEditor) update(textEditor);
    }),
    // Lines above may become a fence while the cursor stays where it is; a key moves it.
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      const editor = vscode.window.activeTextEditor;
      if (document !== editor?.document) return;
      const { line } = editor.selection.active;
      if (contentChanges.some(({ range }) => range.start.line < line || isFence(document, line))) update(editor);
    }),
  );
}

/** Keeps the context that says whether anything may be run. */
export function watchTrust(): vscode.Disposable {
  const update = () => void vscode.commands.executeCommand("setContext", RESTRICTED, !vscode.workspace.isTrusted);
  update();
  return vscode.workspace.onDidGrantWorkspaceTrust(update);
}

/** Whether a line is within a fence that has a language, its own lines included. */
export function isInCode(document: { lineCount: number; lineAt(line: number): { text: string } }, line: number): boolean {
  let fence: string | undefined;
  let hasLanguage = false;
  for (let number = 0; number <= line; number += 1) {
    const [, marks, words] = FENCE.exec(document.lineAt(number).text) ?? [];
    if (marks === undefined) continue;
    if (fence === undefined) {
      fence = marks;
      hasLanguage = words?.trim() !== "";
    } else if (marks.startsWith(fence) && words?.trim() === "") {
      if (number === line) return hasLanguage;
      fence = undefined;
    }
  }
  return fence !== undefined && hasLanguage;
}

function isFence(document: vscode.TextDocument, line: number): boolean {
  return line < document.lineCount && FENCE.test(document.lineAt(line).text);
}

interface About {
  readonly uri: string;
}

function isAbout(given: unknown): given is About {
  return typeof given === "object" && given !== null && "uri" in given && typeof given.uri === "string" && !(given instanceof vscode.Uri);
}

function atCursor(given: unknown): About | undefined {
  const uri = meantNotebook(given);
  if (uri === undefined) return undefined;
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.uri.toString() !== uri) return { uri };
  const { line, character } = editor.selection.active;
  return { uri, position: { line, character } } as About;
}

async function saved(uri: string): Promise<boolean> {
  const document = vscode.workspace.textDocuments.find((it) => it.uri.toString() === uri);
  if (!document?.isDirty) return true;
  return document.save();
}
