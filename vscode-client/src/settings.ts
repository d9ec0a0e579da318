// The user's settings: those for the server go along at its start, the others say which it is.
import * as vscode from "vscode";
import type { ConfigurationParams } from "vscode-languageclient/node";
import manifest from "../package.json";
import type { Wishes } from "./serverCommand";

// Of these the server knows nothing. Whether it traces, the language client tells it.
const CLIENTS_OWN = ["server.path", "interpreter", "trace.server", "cellDecoration"];
const { properties } = manifest.contributes.configuration;
const FOR_SERVER = Object.keys(properties)
  .map((name) => name.replace(/^livebook\./, ""))
  .filter((name) => !CLIENTS_OWN.includes(name));

/** What a workspace must not decide: which program is started, and what that takes at its start alone. */
export const STARTS_OTHERWISE = Object.entries(properties).flatMap(([name, { scope }]) => (scope === "machine" ? name : []));

/** All that a start of the server goes by, to tell one from another. */
export function startSettings(): string {
  const settings = vscode.workspace.getConfiguration();
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  return JSON.stringify([folder, ...STARTS_OTHERWISE.map((name) => settings.get(name))]);
}

/** What the server is told, at its start and whenever it asks. */
export function forServer(): Record<string, unknown> {
  const settings = vscode.workspace.getConfiguration("livebook");
  const given = Object.fromEntries(FOR_SERVER.map((name) => [name, settings.get<unknown>(name)]));
  const { isTrusted } = vscode.workspace;
  // Until a person trusts the workspace, the server starts no program to help with code, and code
  // runs in none that isn't trusted, whatever its settings say.
  return { ...given, ...(isTrusted ? {} : { runCells: false }), isWorkspaceTrusted: isTrusted };
}

/** Answers with what is the server's, where VS Code would name the client's own settings too. */
export function configuration({ items }: ConfigurationParams): (Record<string, unknown> | null)[] {
  return items.map(({ section }) => (section === "livebook" ? forServer() : null));
}

export function wishes(): Wishes {
  const settings = vscode.workspace.getConfiguration("livebook");
  return {
    serverPath: settings.get("server.path", "").trim(),
    interpreter: settings.get("interpreter", "").trim(),
    workspaceFolder: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath,
  };
}
