// Which of the commands that rescue something can help the notebook that is looked at, for the palette.
import * as vscode from "vscode";
import { shownNotebook } from "./notebooks";
import type { Statuses } from "./statuses";

/** What must be told of the notebook for each. */
const HELPED_BY: Readonly<Record<string, readonly string[]>> = {
  "livebook.canRestore": ["content-changed", "save-overwritten"],
  "livebook.canRestoreBrowser": ["browser-overwritten"],
  "livebook.isMergeOffered": ["browser-edited"],
  "livebook.hasConflicts": ["browser-conflict"],
  "livebook.isEditedInBrowser": ["browser-conflict", "browser-edited", "browser-overwritten", "merge-not-written"],
};

/** From the first notebook on of which nothing is held back, that can be taken back. */
export function noticeConsent(command: string): void {
  if (command === "livebook.alwaysSyncAnyway") void vscode.commands.executeCommand("setContext", "livebook.heldNothing", true);
}

export function followRescue(statuses: Statuses): vscode.Disposable {
  const set = () => {
    const uri = shownNotebook();
    const codes = uri ? vscode.languages.getDiagnostics(uri).map(codeOf) : [];
    const isHeld = uri !== undefined && statuses.of(uri.toString())?.state === "held";
    void vscode.commands.executeCommand("setContext", "livebook.isHeld", isHeld);
    for (const [context, helped] of Object.entries(HELPED_BY)) {
      void vscode.commands.executeCommand("setContext", context, codes.some((code) => helped.includes(code)));
    }
  };
  return vscode.Disposable.from(statuses.onChange(set), vscode.languages.onDidChangeDiagnostics(set));
}

function codeOf({ code }: vscode.Diagnostic): string {
  return String(typeof code === "object" ? code.value : code);
}
