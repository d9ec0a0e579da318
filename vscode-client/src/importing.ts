// “Import as Livebook notebook”: which file, where no menu says it; the server does the rest.
import * as vscode from "vscode";

const FILES = { "Notebooks, scripts and Markdown": ["ipynb", "exs", "md"] };

export function isImport(command: string): boolean {
  return command === "livebook.import";
}

/** Lets the server import the file that is meant, or the one that is chosen now. */
export async function importFile(given: unknown, next: (uri: string) => unknown): Promise<unknown> {
  const meant = given instanceof vscode.Uri ? given : typeof given === "string" ? vscode.Uri.parse(given) : await chosen();
  return meant && next(meant.toString());
}

async function chosen(): Promise<vscode.Uri | undefined> {
  const found = await vscode.window.showOpenDialog({ filters: FILES, openLabel: "Import" });
  return found?.[0];
}
