// Puts the parts together.
import * as vscode from "vscode";
import { CellDecorations } from "./cellDecorations";
import { executeCommand, registerCommands } from "./commands";
import { Comparisons } from "./comparison";
import { takeDroppedFiles } from "./droppedFiles";
import { MessageLinks } from "./messageLinks";
import { Outputs } from "./outputs";
import { watchCursor, watchTrust } from "./running";
import { foldAtOpen } from "./outputFolds";
import { followRescue } from "./rescue";
import { Server } from "./server";
import { configuration, STARTS_OTHERWISE } from "./settings";
import { Statuses } from "./statuses";
import { showStatusItems } from "./statusItems";

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel("Livebook", { log: true });
  const bundled = context.asAbsolutePath("bundled");
  const { handleDiagnostics } = new MessageLinks();
  const started = (server = new Server(bundled, { executeCommand, handleDiagnostics, workspace: { configuration } }, log));
  const statuses = new Statuses(started);
  const outputs = new Outputs();
  const comparisons = new Comparisons();
  context.subscriptions.push(
    log,
    outputs,
    comparisons,
    started.onOutput((output) => outputs.show(output)),
    started.onComparison((comparison) => comparisons.show(comparison)),
    watchCursor(),
    watchTrust(),
    takeDroppedFiles(),
    started,
    statuses,
    showStatusItems(statuses),
    new CellDecorations(statuses),
    followRescue(statuses),
    registerCommands(started, statuses, log, context.globalState),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (STARTS_OTHERWISE.some((name) => change.affectsConfiguration(name))) void started.startOtherwise();
      else if (change.affectsConfiguration("livebook")) started.tellSettingsChanged();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => started.restart()),
  );
  await started.restart();
  // The server's commands are there from now on.
  context.subscriptions.push(foldAtOpen());
}

export function deactivate(): Promise<void> | undefined {
  return server?.stop();
}
