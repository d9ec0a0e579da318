// “Open Beside”: the session in the editor's own browser view.
import * as vscode from "vscode";
import { meantNotebook, NO_NOTEBOOK } from "./notebooks";
import type { Status } from "./status";

const HINTED = "livebook.hintedAtIframe";
const HINT =
  "A page that stays empty here was refused by Livebook: it lets itself be shown inside an editor only when it is started with the environment variable LIVEBOOK_WITHIN_IFRAME=true.";
const WITHIN_EDITOR = "simpleBrowser.api.open";
// The browser of newer desktop editors is no frame in a page: Livebook refuses it nothing.
const FULL_BROWSER = "workbench.action.browser.open";

export async function openBeside(given: unknown, memory: vscode.Memento): Promise<void> {
  const uri = meantNotebook(given);
  if (uri === undefined) {
    void vscode.window.showInformationMessage(NO_NOTEBOOK);
    return;
  }
  const status = await vscode.commands.executeCommand<Status | null>("livebook.attach", uri);
  if (!status?.url) return;
  const url = await reachable(status.url);
  await vscode.commands.executeCommand(WITHIN_EDITOR, url, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true });
  void hint(memory, url);
}

/** The address as the user's own machine reaches it, where the extension runs on another. */
export async function reachable(url: string): Promise<string> {
  return (await vscode.env.asExternalUri(vscode.Uri.parse(url, true))).toString(true);
}

async function hint(memory: vscode.Memento, url: string): Promise<void> {
  const commands = await vscode.commands.getCommands(true);
  if (memory.get(HINTED) || commands.includes(FULL_BROWSER)) return;
  const choice = await vscode.window.showInformationMessage(HINT, "Open in Browser", "Don't Show Again");
  if (choice === "Open in Browser") await vscode.env.openExternal(vscode.Uri.parse(url));
  if (choice === "Don't Show Again") await memory.update(HINTED, true);
}
