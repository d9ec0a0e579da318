// “New Livebook notebook”: an unsaved one, as Livebook itself would write it.
import * as vscode from "vscode";

const TITLE = "Untitled notebook";
const CONTENT = `# ${TITLE}\n\n## Section\n\n\`\`\`elixir\n\n\`\`\`\n`;

export async function newNotebook(): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: "livebook", content: CONTENT });
  const editor = await vscode.window.showTextDocument(document);
  const start = new vscode.Position(0, "# ".length);
  editor.selection = new vscode.Selection(start, start.translate(0, TITLE.length));
}
