// Images and files dropped or pasted into prose: the server says what to write, the file is made with the edit.
import * as vscode from "vscode";

const NOTEBOOKS: vscode.DocumentSelector = { language: "livebook", scheme: "file" };
const URIS = "text/uri-list";
const TEXT = "text/plain";
// The API of pasting was a proposal, which no extension may use, before this version.
const PASTES_SINCE = [1, 97] as const;

interface Plan {
  readonly text: string;
  readonly edits: readonly { range: { start: Place; end: Place }; newText: string }[];
  readonly attachment: string | null;
  readonly isNew: boolean;
}

interface Place {
  readonly line: number;
  readonly character: number;
}

interface Insertion {
  readonly text: string;
  readonly edit: vscode.WorkspaceEdit;
}

interface PasteEdit {
  additionalEdit?: vscode.WorkspaceEdit;
}

/** What VS Code has for pasting since 1.97, which is later than the oldest one that we run in. */
interface Pasting {
  readonly DocumentPasteEdit: new (text: string, title: string, kind: unknown) => PasteEdit;
  readonly DocumentDropOrPasteEditKind: { readonly Empty: { append(...parts: string[]): unknown } };
  readonly languages: {
    registerDocumentPasteEditProvider(selector: vscode.DocumentSelector, provider: object, metadata: object): vscode.Disposable;
  };
}

export function takeDroppedFiles(): vscode.Disposable {
  const drop: vscode.DocumentDropEditProvider = {
    async provideDocumentDropEdits(document, position, data) {
      const found = await insertion(document, position, data);
      if (!found) return undefined;
      const edit = new vscode.DocumentDropEdit(found.text);
      edit.additionalEdit = found.edit;
      return edit;
    },
  };
  const registered = [vscode.languages.registerDocumentDropEditProvider(NOTEBOOKS, drop)];
  if (canPaste(vscode.version)) registered.push(takePasted());
  return vscode.Disposable.from(...registered);
}

function canPaste(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > PASTES_SINCE[0] || (major === PASTES_SINCE[0] && minor >= PASTES_SINCE[1]);
}

function takePasted(): vscode.Disposable {
  const { DocumentPasteEdit, DocumentDropOrPasteEditKind, languages } = vscode as unknown as Pasting;
  const kind = DocumentDropOrPasteEditKind.Empty.append("markdown", "link", "livebook");
  const provider = {
    async provideDocumentPasteEdits(document: vscode.TextDocument, ranges: readonly vscode.Range[], data: vscode.DataTransfer) {
      const [range] = ranges;
      const found = range && ranges.length === 1 ? await insertion(document, range.start, data) : undefined;
      if (!found) return undefined;
      const edit = new DocumentPasteEdit(found.text, "Insert for Livebook", kind);
      edit.additionalEdit = found.edit;
      return [edit];
    },
  };
  const metadata = { providedPasteEditKinds: [kind], pasteMimeTypes: ["image/*", URIS, "files"] };
  return languages.registerDocumentPasteEditProvider(NOTEBOOKS, provider, metadata);
}

/** What to insert for a single file; undefined where the editor's own way is meant. */
async function insertion(
  document: vscode.TextDocument,
  position: vscode.Position,
  data: vscode.DataTransfer,
): Promise<Insertion | undefined> {
  const uris = ((await data.get(URIS)?.asString()) ?? "").split(/\r?\n/).filter((it) => it.startsWith("file:"));
  const [uri] = uris;
  const dropped = uri === undefined ? imageOf(data) : undefined;
  if (uris.length > 1 || (uri === undefined && !dropped)) return undefined;
  // Cells of a spreadsheet are copied as a picture, too, and nobody means that one.
  if (dropped && (await data.get(TEXT)?.asString())) return undefined;
  const named = uri === undefined ? { name: dropped?.name } : { path: vscode.Uri.parse(uri).fsPath };
  const { line, character } = position;
  const about = { uri: document.uri.toString(), position: { line, character }, apply: false, ...named };
  const plan = await vscode.commands.executeCommand<Plan | null>("livebook.insertFile", about);
  if (!plan) return undefined;
  const edit = new vscode.WorkspaceEdit();
  for (const { range, newText } of plan.edits) {
    edit.replace(document.uri, new vscode.Range(range.start.line, range.start.character, range.end.line, range.end.character), newText);
  }
  if (plan.attachment !== null && plan.isNew) {
    const contents = dropped ?? (uri === undefined ? undefined : await vscode.workspace.fs.readFile(vscode.Uri.parse(uri)));
    if (contents) edit.createFile(vscode.Uri.parse(plan.attachment), { contents, overwrite: false });
  }
  return { text: plan.text, edit };
}

function imageOf(data: vscode.DataTransfer): vscode.DataTransferFile | undefined {
  for (const [type, item] of data) {
    const file = type.startsWith("image/") ? item.asFile() : undefined;
    if (file) return file;
  }
  return undefined;
}
