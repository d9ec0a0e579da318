// The status bar's item, and the one under the language's name that can be pinned beside it.
import * as vscode from "vscode";
import type { Look } from "./status";
import type { Statuses } from "./statuses";

export function showStatusItems(statuses: Statuses): vscode.Disposable {
  const bar = vscode.window.createStatusBarItem("livebook.status", vscode.StatusBarAlignment.Left, 0);
  bar.name = "Livebook";
  // Other extensions have names of their own for the language.
  const selector = { pattern: "**/*.livemd", scheme: "file" };
  const language = vscode.languages.createLanguageStatusItem("livebook.status", selector);
  language.name = "Livebook";
  const show = () => {
    const look = statuses.shown;
    if (!look) {
      bar.hide();
      return;
    }
    showInBar(bar, look);
    showWithLanguage(language, look);
  };
  show();
  return vscode.Disposable.from(bar, language, statuses.onChange(show));
}

function showInBar(item: vscode.StatusBarItem, { icon, words, sentence, isWarning, command }: Look): void {
  item.text = `$(${icon}) Livebook: ${words}`;
  item.tooltip = sentence;
  item.backgroundColor = isWarning ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
  item.command = command.id;
  item.show();
}

function showWithLanguage(item: vscode.LanguageStatusItem, { icon, words, sentence, isWarning, command }: Look): void {
  item.text = `$(${icon}) Livebook: ${words}`;
  item.detail = sentence;
  item.severity = isWarning ? vscode.LanguageStatusSeverity.Warning : vscode.LanguageStatusSeverity.Information;
  item.command = { command: command.id, title: command.title };
}
