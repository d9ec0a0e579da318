// “Show Status”: how the notebook stands and what the doctor finds, with what can be done.
import * as vscode from "vscode";
import { type Finding, show } from "./doctor";
import { meantNotebook } from "./notebooks";
import { look } from "./status";
import type { Statuses } from "./statuses";

const DOCTOR = "livebook.doctor";
const START = "livebook.start";
const STATUS = "livebook.status";

interface Item extends vscode.QuickPickItem {
  readonly run?: () => Thenable<unknown>;
}

export async function showStatus(statuses: Statuses, given: unknown): Promise<void> {
  const uri = meantNotebook(given);
  const picker = vscode.window.createQuickPick<Item>();
  picker.title = "Livebook";
  picker.placeholder = "What is found, and what can be done";
  picker.items = [...notebookItems(statuses, uri), ...(await actionItems(statuses, uri))];
  picker.busy = true;
  picker.onDidHide(() => {
    picker.dispose();
  });
  picker.onDidAccept(() => {
    const chosen = picker.activeItems[0];
    picker.hide();
    void chosen?.run?.();
  });
  picker.show();
  const findings = await examine(uri);
  // What can be done stands above what was found: of many rows a list shows the first alone.
  const items = [...notebookItems(statuses, uri), ...(await wordItems(uri))];
  picker.items = [...items, ...(await actionItems(statuses, uri)), ...doctorItems(findings)];
  picker.busy = false;
}

async function examine(uri: string | undefined): Promise<readonly Finding[]> {
  const commands = await vscode.commands.getCommands(true);
  // Without a server the status bar says so already.
  if (!commands.includes(DOCTOR)) return [];
  return (await vscode.commands.executeCommand<Finding[] | null>(DOCTOR, uri)) ?? [];
}

function notebookItems(statuses: Statuses, uri: string | undefined): Item[] {
  const status = uri === undefined ? undefined : statuses.of(uri);
  if (uri === undefined || !status) return [];
  const { icon, sentence } = look(status);
  // Without the token: others may look at the screen too.
  const detail = status.url ? { detail: status.url.replace(/\?.*$/, "") } : {};
  return [separator(name(uri)), { label: `$(${icon}) ${withoutIcons(sentence)}`, alwaysShow: true, ...detail }];
}

async function wordItems(uri: string | undefined): Promise<Item[]> {
  const commands = await vscode.commands.getCommands(true);
  if (uri === undefined || !commands.includes(STATUS)) return [];
  const status = await vscode.commands.executeCommand<{ words?: number | null } | null>(STATUS, uri);
  const words = status?.words;
  return typeof words === "number" ? [{ label: `$(book) ${words.toLocaleString()} words of prose`, alwaysShow: true }] : [];
}

function doctorItems(findings: readonly Finding[]): Item[] {
  if (findings.length === 0) return [];
  return [
    separator("doctor"),
    ...findings.map(show).map(({ icon, title, rest }) => ({
      label: `$(${icon}) ${withoutIcons(title)}`,
      alwaysShow: true,
      ...(rest ? { detail: withoutIcons(rest) } : {}),
    })),
  ];
}

async function actionItems(statuses: Statuses, uri: string | undefined): Promise<Item[]> {
  const { executeCommand } = vscode.commands;
  const action = (label: string, command: string, ...args: unknown[]): Item => ({ label, run: () => executeCommand(command, ...args) });
  const isAway = uri !== undefined && statuses.of(uri)?.state === "notRunning";
  const canStart = isAway && (await vscode.commands.getCommands(true)).includes(START);
  const start = canStart ? [action("$(play) Start Livebook", START)] : [];
  const ofNotebook = uri === undefined ? [] : [action("$(link-external) Open in Livebook", "livebook.open", uri), action("$(sync) Sync Now", "livebook.sync", uri)];
  return [
    separator("do"),
    ...start,
    ...ofNotebook,
    action("$(output) Show Log", "livebook.showLog"),
    action("$(debug-restart) Restart Server", "livebook.restartServer"),
    action("$(settings-gear) Settings", "workbench.action.openSettings", "livebook"),
  ];
}

function separator(label: string): Item {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

function name(uri: string): string {
  return vscode.workspace.asRelativePath(vscode.Uri.parse(uri));
}

/** `$(…)` in a sentence would be an icon. */
function withoutIcons(sentence: string): string {
  return sentence.replaceAll("$(", "$ (");
}
