// Puts the parts together.
import * as vscode from "vscode";
import { registerCommands, withNotebook } from "./commands";
import { Server } from "./server";
import { STARTS_OTHERWISE } from "./settings";
import { StatusBar } from "./statusBar";

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel("Livebook", { log: true });
  const bundled = context.asAbsolutePath("bundled");
  const started = (server = new Server(bundled, withNotebook, log));
  const statusBar = new StatusBar(started);
  context.subscriptions.push(
    log,
    started,
    statusBar,
    registerCommands(started, statusBar, log),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (STARTS_OTHERWISE.some((name) => change.affectsConfiguration(name))) void started.restart();
      else if (change.affectsConfiguration("livebook")) started.tellSettingsChanged();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => started.restart()),
  );
  await started.restart();
}

export function deactivate(): Promise<void> | undefined {
  return server?.stop();
}
