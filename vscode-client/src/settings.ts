// The user's settings: those for the server go along at its start, the others say which it is.
import * as vscode from "vscode";
import type { Wishes } from "./serverCommand";

const FOR_SERVER = [
  "token",
  "caFile",
  "pathMappings",
  "openOnDidOpen",
  "guard",
  "canonicalOnSave",
  "keepFile",
  "syncOnExternalChange",
  "twoStepSync",
  "codeLens",
];

export const STARTS_OTHERWISE = [
  "livebook.server.path",
  "livebook.interpreter",
  "livebook.caFile",
  "livebook.pathMappings",
];

/**
 * What the server is told at its start. The address comes from the user's own settings alone:
 * the server takes one off this machine only here, and a workspace must not decide that.
 */
export function initializationOptions(): Record<string, unknown> {
  const settings = vscode.workspace.getConfiguration("livebook");
  const own = settings.inspect<string>("url")?.globalValue ?? "";
  return { ...Object.fromEntries(FOR_SERVER.map((name) => [name, settings.get(name)])), url: own };
}

export function wishes(): Wishes {
  const settings = vscode.workspace.getConfiguration("livebook");
  return {
    serverPath: settings.get("server.path", "").trim(),
    interpreter: settings.get("interpreter", "").trim(),
    workspaceFolder: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath,
  };
}
