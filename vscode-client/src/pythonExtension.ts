// The interpreter chosen in the Python extension, where that extension is installed: never needed.
import * as vscode from "vscode";

interface PythonApi {
  readonly environments?: {
    getActiveEnvironmentPath(): { readonly path: string };
    resolveEnvironment(path: { readonly path: string }): Promise<
      { readonly executable: { readonly uri?: vscode.Uri } } | undefined
    >;
  };
}

// It looks for every Python there is when it starts, which can take long; any recent one will do.
const PATIENCE_MS = 1000;

export async function chosenInterpreter(log: vscode.LogOutputChannel): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<PythonApi | undefined>("ms-python.python");
  if (!extension) return undefined;
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, undefined);
  });
  try {
    return await Promise.race([ask(extension), patience]);
  } catch (error) {
    log.warn(`The Python extension could not be asked for its interpreter: ${String(error)}`);
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

async function ask(extension: vscode.Extension<PythonApi | undefined>): Promise<string | undefined> {
  const environments = (await extension.activate())?.environments;
  if (!environments) return undefined;
  const environment = await environments.resolveEnvironment(environments.getActiveEnvironmentPath());
  return environment?.executable.uri?.fsPath;
}
