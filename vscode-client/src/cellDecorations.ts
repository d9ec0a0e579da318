// A faint background behind code cells, or a line above each cell, where the user wants it.
import * as vscode from "vscode";
import { codeLines, type Lines } from "./cellLines";
import { isNotebook } from "./notebooks";
import type { Statuses } from "./statuses";

// The server makes an outline of what was typed no sooner.
const PAUSE_MS = 150;
const CODE = [vscode.SymbolKind.Constructor, vscode.SymbolKind.Function, vscode.SymbolKind.Object];
const CELLS = [...CODE, vscode.SymbolKind.String];

export class CellDecorations implements vscode.Disposable {
  private readonly background = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor("livebook.cellBackground"),
  });
  private readonly separator = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    borderColor: new vscode.ThemeColor("livebook.cellSeparator"),
    borderStyle: "solid",
    borderWidth: "1px 0 0 0",
  });
  private readonly listeners: vscode.Disposable[];
  private timer: NodeJS.Timeout | undefined;

  constructor(statuses: Statuses) {
    const soon = () => {
      this.decorateSoon();
    };
    this.listeners = [
      vscode.window.onDidChangeVisibleTextEditors(soon),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (isNotebook(document)) soon();
      }),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration("livebook.cellDecoration")) soon();
      }),
      // The first of them says that the server can be asked.
      statuses.onChange(soon),
    ];
  }

  dispose(): void {
    clearTimeout(this.timer);
    vscode.Disposable.from(this.background, this.separator, ...this.listeners).dispose();
  }

  private decorateSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      for (const editor of vscode.window.visibleTextEditors) {
        if (isNotebook(editor.document)) void this.decorate(editor);
      }
    }, PAUSE_MS);
  }

  private async decorate(editor: vscode.TextEditor): Promise<void> {
    const { document } = editor;
    const { version } = document;
    const wanted = vscode.workspace.getConfiguration("livebook", document).get("cellDecoration");
    const cells = wanted === "off" ? [] : await cellsOf(document);
    // Another change is on its way to be shown.
    if (!cells || document.version !== version) return;
    const code = cells.filter(({ kind }) => CODE.includes(kind)).map((cell) => codeLines(linesOf(cell), (line) => document.lineAt(line).text));
    const starts = cells.map(({ range }) => new vscode.Range(range.start, range.start));
    editor.setDecorations(this.background, wanted === "background" ? code.map(toRange) : []);
    editor.setDecorations(this.separator, wanted === "separators" ? starts : []);
  }
}

async function cellsOf(document: vscode.TextDocument): Promise<vscode.DocumentSymbol[] | undefined> {
  const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[] | undefined>(
    "vscode.executeDocumentSymbolProvider",
    document.uri,
  );
  return symbols && flat(symbols).filter(({ kind }) => CELLS.includes(kind));
}

function flat(symbols: readonly vscode.DocumentSymbol[]): vscode.DocumentSymbol[] {
  return symbols.flatMap((symbol) => [symbol, ...flat(symbol.children)]);
}

function linesOf({ range }: vscode.DocumentSymbol): Lines {
  return { first: range.start.line, last: range.end.line };
}

function toRange({ first, last }: Lines): vscode.Range {
  return new vscode.Range(first, 0, last, 0);
}
