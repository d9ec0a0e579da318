// Codes lead to their entries: VS Code opens a page at a line and knows nothing of anchors.
import { readFileSync } from "node:fs";
import type * as vscode from "vscode";
import type { HandleDiagnosticsSignature } from "vscode-languageclient/node";
import { lineOf } from "./messageLines";

type Code = Exclude<vscode.Diagnostic["code"], undefined>;

export class MessageLinks {
  private readonly pages = new Map<string, string>();

  /** Lets links of what the server found lead to the entry's line; at once, so that order holds. */
  readonly handleDiagnostics = (uri: vscode.Uri, diagnostics: vscode.Diagnostic[], next: HandleDiagnosticsSignature): void => {
    for (const diagnostic of diagnostics) if (diagnostic.code !== undefined) diagnostic.code = this.atItsLine(diagnostic.code);
    next(uri, diagnostics);
  };

  private atItsLine(code: Code): Code {
    if (typeof code !== "object" || code.target.scheme !== "file" || !code.target.fragment) return code;
    const line = lineOf(code.target.fragment, this.page(code.target.fsPath));
    return line === undefined ? code : { value: code.value, target: code.target.with({ fragment: `L${line}` }) };
  }

  private page(path: string): string {
    const text = this.pages.get(path) ?? read(path);
    this.pages.set(path, text);
    return text;
  }
}

/** Empty where it can't be read: then the link leads to the page, or says itself that it doesn't. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
