// The status bar's item: how the notebook in the active editor stands; hidden for other files.
import * as vscode from "vscode";
import type { Server } from "./server";
import { look, type Status } from "./status";

export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem("livebook.status", vscode.StatusBarAlignment.Left, 0);
  private readonly statuses = new Map<string, Status>();
  private readonly listeners: vscode.Disposable[];
  private isRunning = false;

  constructor(server: Server) {
    this.item.name = "Livebook";
    this.listeners = [
      server.onStatus((status) => {
        this.statuses.set(status.uri, status);
        this.show();
      }),
      server.onRunning((isRunning) => {
        this.isRunning = isRunning;
        if (!isRunning) this.statuses.clear();
        this.show();
      }),
      vscode.window.onDidChangeActiveTextEditor(() => {
        this.show();
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        this.statuses.delete(document.uri.toString());
      }),
    ];
    this.show();
  }

  /** What the server said last about that notebook. */
  statusOf(uri: string): Status | undefined {
    return this.statuses.get(uri);
  }

  dispose(): void {
    vscode.Disposable.from(this.item, ...this.listeners).dispose();
  }

  private show(): void {
    const document = vscode.window.activeTextEditor?.document;
    if (!document || !isNotebook(document)) {
      this.item.hide();
      return;
    }
    const uri = document.uri.toString();
    const status = this.statuses.get(uri);
    if (!this.isRunning) this.showEnded();
    else if (status) this.showStatus(uri, status);
    else this.showWaiting();
    this.item.show();
  }

  private showStatus(uri: string, status: Status): void {
    const { text, tooltip, isWarning } = look(status);
    this.paint(text, tooltip, isWarning);
    this.item.command = { command: "livebook.open", title: "Open in Livebook", arguments: [uri] };
  }

  private showWaiting(): void {
    this.paint("$(loading~spin) Livebook", "The Livebook server has said nothing about this notebook yet.", false);
    this.item.command = "livebook.showLog";
  }

  private showEnded(): void {
    this.paint("$(debug-disconnect) Livebook: no server", "The Livebook server is not running. Click to start it.", false);
    this.item.command = "livebook.restartServer";
  }

  private paint(text: string, tooltip: string, isWarning: boolean): void {
    this.item.text = text;
    this.item.tooltip = tooltip;
    this.item.backgroundColor = isWarning ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
  }
}

export function isNotebook(document: vscode.TextDocument): boolean {
  return document.uri.scheme === "file" && document.uri.path.endsWith(".livemd");
}
