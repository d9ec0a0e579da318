// “New Livebook notebook”: an unsaved one, as Livebook itself would write it.
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import * as vscode from "vscode";

const TITLE = "Untitled notebook";
const CONTENT = `# ${TITLE}\n\n## Section\n\n\`\`\`elixir\n\n\`\`\`\n`;

export async function newNotebook(): Promise<void> {
  const document = await vscode.workspace.openTextDocument(unusedUri());
  const editor = await vscode.window.showTextDocument(document);
  if (await isBegun(document.uri)) return;
  const start = new vscode.Position(0, "# ".length);
  await editor.edit((edit) => {
    edit.insert(new vscode.Position(0, 0), CONTENT);
  });
  editor.selection = new vscode.Selection(start, start.translate(0, TITLE.length));
}

/** The server knows the user's template; without a server there is a plain notebook. */
async function isBegun(uri: vscode.Uri): Promise<boolean> {
  try {
    const title: unknown = await vscode.commands.executeCommand("livebook.beginNotebook", uri.toString());
    return Boolean(title);
  } catch {
    return false;
  }
}

/** Without a name of its own it would be proposed to be called like its first line, `#` and all. */
function unusedUri(): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
  const isOpen = (uri: vscode.Uri) => vscode.workspace.textDocuments.some((it) => it.uri.path === uri.path);
  for (let number = 1; ; number++) {
    const uri = vscode.Uri.joinPath(folder, number === 1 ? "untitled.livemd" : `untitled-${number}.livemd`);
    if (!existsSync(uri.fsPath) && !isOpen(uri)) return uri.with({ scheme: "untitled" });
  }
}
