// What a cell gave, as a text beside the notebook: read-only, in colour, with its images above each other.
import * as vscode from "vscode";

export interface Style {
  readonly start: number;
  readonly end: number;
  readonly foreground?: string;
  readonly background?: string;
  readonly bold?: boolean;
  readonly faint?: boolean;
  readonly italic?: boolean;
  readonly underlined?: boolean;
  readonly struck?: boolean;
}

export interface Output {
  readonly uri: string;
  readonly number: number;
  readonly words: string;
  readonly text: string;
  readonly styles: readonly Style[];
  readonly images: readonly { readonly start: number; readonly mediaType: string; readonly data: string }[];
}

const SCHEME = "livebook-output";
const LOOKS = ["foreground", "background", "bold", "faint", "italic", "underlined", "struck"] as const;

/** Shows outputs and keeps them as long as they are looked at. */
export class Outputs implements vscode.TextDocumentContentProvider, vscode.HoverProvider, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  private readonly shown = new Map<string, Output>();
  private decorations: vscode.TextEditorDecorationType[] = [];
  private readonly registered = vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
    vscode.languages.registerHoverProvider({ scheme: SCHEME }, this),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => this.shown.delete(uri.toString())),
    vscode.window.onDidChangeVisibleTextEditors(() => {
      this.colour();
    }),
  );

  readonly onDidChange = this.changes.event;

  async show(output: Output): Promise<void> {
    const notebook = vscode.Uri.parse(output.uri);
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `${notebook.path} – cell ${String(output.number)}` });
    this.shown.set(uri.toString(), output);
    this.changes.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: true, preserveFocus: true });
    this.colour();
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.shown.get(uri.toString())?.text ?? "";
  }

  /** An image is shown at the line that names it. */
  provideHover(document: vscode.TextDocument, { line }: vscode.Position): vscode.Hover | undefined {
    const output = this.shown.get(document.uri.toString());
    if (!output) return undefined;
    const units = unitOffsets(output.text, output.images.map(({ start }) => start));
    const image = output.images.find(({ start }) => document.positionAt(units.get(start) ?? 0).line === line);
    if (!image || !/^image\/(png|jpeg|gif|webp)$/.test(image.mediaType)) return undefined;
    return new vscode.Hover(new vscode.MarkdownString(`![](data:${image.mediaType};base64,${image.data})`));
  }

  dispose(): void {
    this.registered.dispose();
    this.changes.dispose();
    for (const it of this.decorations) it.dispose();
  }

  private colour(): void {
    for (const it of this.decorations) it.dispose();
    this.decorations = [];
    for (const editor of vscode.window.visibleTextEditors) {
      const output = this.shown.get(editor.document.uri.toString());
      if (output) this.colourEditor(editor, output);
    }
  }

  private colourEditor(editor: vscode.TextEditor, { text, styles }: Output): void {
    const units = unitOffsets(text, styles.flatMap(({ start, end }) => [start, end]));
    const byLook = new Map<string, { style: Style; ranges: vscode.Range[] }>();
    for (const style of styles) {
      const key = JSON.stringify(LOOKS.map((it) => style[it]));
      const found = byLook.get(key) ?? { style, ranges: [] };
      byLook.set(key, found);
      const [start, end] = [units.get(style.start) ?? 0, units.get(style.end) ?? 0];
      found.ranges.push(new vscode.Range(editor.document.positionAt(start), editor.document.positionAt(end)));
    }
    for (const { style, ranges } of byLook.values()) {
      const type = vscode.window.createTextEditorDecorationType(decoration(style));
      this.decorations.push(type);
      editor.setDecorations(type, ranges);
    }
  }
}

/** Where code points are in JavaScript's own units. */
export function unitOffsets(text: string, points: readonly number[]): Map<number, number> {
  const found = new Map<number, number>();
  const wanted = [...new Set(points)].sort((one, other) => one - other);
  let [point, unit] = [0, 0];
  for (const next of wanted) {
    while (point < next && unit < text.length) {
      unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
      point += 1;
    }
    found.set(next, unit);
  }
  return found;
}

function decoration(style: Style): vscode.DecorationRenderOptions {
  const lines = [style.underlined ? "underline" : "", style.struck ? "line-through" : ""].filter((it) => it !== "");
  return {
    ...(style.foreground ? { color: colourOf(style.foreground) } : {}),
    ...(style.background ? { backgroundColor: colourOf(style.background) } : {}),
    ...(style.bold ? { fontWeight: "bold" } : {}),
    ...(style.italic ? { fontStyle: "italic" } : {}),
    ...(style.faint ? { opacity: "0.7" } : {}),
    ...(lines.length ? { textDecoration: lines.join(" ") } : {}),
  };
}

/** The terminal's colour of the theme: `light-red` is `terminal.ansiBrightRed`. */
function colourOf(name: string): string | vscode.ThemeColor {
  if (name.startsWith("#")) return name;
  const [, bright, rest] = /^(light-|bright-)?(.*)$/.exec(name) ?? [];
  const plain = rest ?? name;
  return new vscode.ThemeColor(`terminal.ansi${bright ? "Bright" : ""}${plain.charAt(0).toUpperCase()}${plain.slice(1)}`);
}
