// The browser's version of a notebook beside the notebook itself, as the editor shows differences.
import * as vscode from "vscode";

export interface Comparison {
  readonly uri: string;
  readonly title: string;
  readonly text: string;
}

const SCHEME = "livebook-browser";

/** Shows comparisons and keeps theirs as long as they are looked at. */
export class Comparisons implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  private readonly shown = new Map<string, string>();
  private readonly registered = vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => this.shown.delete(uri.toString())),
  );

  readonly onDidChange = this.changes.event;

  async show({ uri, title, text }: Comparison): Promise<void> {
    const notebook = vscode.Uri.parse(uri);
    const theirs = vscode.Uri.from({ scheme: SCHEME, path: notebook.path });
    this.shown.set(theirs.toString(), text);
    this.changes.fire(theirs);
    const name = notebook.path.slice(notebook.path.lastIndexOf("/") + 1);
    // The cursor stays where it is, and the notebook's own tab too: there the conflicts are told.
    await vscode.commands.executeCommand("vscode.diff", theirs, notebook, `${name}: ${title} ↔ here`, {
      viewColumn: vscode.ViewColumn.Beside,
      preview: true,
      preserveFocus: true,
    });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.shown.get(uri.toString()) ?? "";
  }

  dispose(): void {
    this.registered.dispose();
    this.changes.dispose();
  }
}
