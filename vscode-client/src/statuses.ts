// What the server said last about each notebook, for all who show it.
import * as vscode from "vscode";
import { shownNotebook } from "./notebooks";
import type { Life, Server } from "./server";
import { type Look, look, NO_SERVER, type Status, WAITING } from "./status";

export class Statuses implements vscode.Disposable {
  private readonly emitter = new vscode.EventEmitter<undefined>();
  private readonly byUri = new Map<string, Status>();
  private readonly listeners: vscode.Disposable[];
  private life: Life = "starting";

  /** What is to be shown is another thing now. */
  readonly onChange = this.emitter.event;

  constructor(server: Server) {
    const changed = () => {
      this.emitter.fire(undefined);
    };
    this.listeners = [
      server.onStatus((status) => {
        this.byUri.set(status.uri, status);
        changed();
      }),
      server.onLife((life) => {
        this.life = life;
        if (life !== "running") this.byUri.clear();
        changed();
      }),
      vscode.window.onDidChangeActiveTextEditor(changed),
      vscode.window.tabGroups.onDidChangeTabs(changed),
      vscode.window.tabGroups.onDidChangeTabGroups(changed),
      vscode.workspace.onDidCloseTextDocument((document) => {
        this.byUri.delete(document.uri.toString());
      }),
    ];
  }

  of(uri: string): Status | undefined {
    return this.byUri.get(uri);
  }

  /** How the notebook that is looked at is to be shown; undefined for other files. */
  get shown(): Look | undefined {
    const uri = shownNotebook();
    if (!uri) return undefined;
    if (this.life === "gone") return NO_SERVER;
    const status = this.byUri.get(uri.toString());
    return status ? look(status) : WAITING;
  }

  dispose(): void {
    vscode.Disposable.from(this.emitter, ...this.listeners).dispose();
  }
}
