// The server's process: started when asked for, started again when it ends by itself, but not for ever.
import * as vscode from "vscode";
import {
  CloseAction,
  type CloseHandlerResult,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  type Middleware,
  RevealOutputChannelOn,
  State,
  type StaticFeature,
} from "vscode-languageclient/node";
import type { Comparison } from "./comparison";
import { thisMachine } from "./machine";
import type { Output } from "./outputs";
import { chosenInterpreter } from "./pythonExtension";
import { environmentOf, findServer, type Missing } from "./serverCommand";
import { forServer, startSettings, wishes } from "./settings";
import type { Status } from "./status";

const RESTARTS = 3;
const WITHIN_MS = 3 * 60_000;
// Unset until the first start: what is clicked then starts the server.
const NO_SERVER = "livebook.hasNoServer";
// Not every server can do these; the palette offers them only where it can.
const ABILITIES = { "livebook.start": "livebook.canStart", "livebook.stop": "livebook.canStop" };

/** `starting` until the first answer, and where it is started again. */
export type Life = "starting" | "running" | "gone";

const LIVES = new Map<State, Life>([
  [State.Starting, "starting"],
  [State.Running, "running"],
]);

/** What the server may send that other clients have no place for. */
const ABILITIES_OF_OURS: StaticFeature = {
  fillClientCapabilities(capabilities) {
    const others = capabilities.experimental as Record<string, unknown> | undefined;
    capabilities.experimental = { ...others, livebook: { outputs: true, images: true, snippets: true, comparisons: true } };
  },
  initialize: () => undefined,
  getState: () => ({ kind: "static" }),
  clear: () => undefined,
};

/** Writes errors to the log only: `Server` tells what the user must know, once and with a way on. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** Lets the server know that nobody has to be told in messages what the status bar shows. */
const showsStatus: StaticFeature = {
  fillClientCapabilities: (capabilities) => {
    capabilities.experimental = { ...(capabilities.experimental as object | undefined), livebookStatus: true };
  },
  initialize: () => undefined,
  getState: () => ({ kind: "static" }),
  clear: () => undefined,
};

/** Never rejects: what goes wrong is told once, with a button that leads on. */
export class Server implements vscode.Disposable {
  private readonly statusEmitter = new vscode.EventEmitter<Status>();
  private readonly outputEmitter = new vscode.EventEmitter<Output>();
  private readonly comparisonEmitter = new vscode.EventEmitter<Comparison>();
  private readonly stateEmitter = new vscode.EventEmitter<Life>();
  private client: LanguageClient | undefined;
  private ends: number[] = [];
  private startedWith: string | undefined;
  private shown: string | undefined;
  // Starts and stops stand in a row: a restart may be asked for while one is under way.
  private turn: Promise<void> = Promise.resolve();

  readonly onStatus = this.statusEmitter.event;
  readonly onLife = this.stateEmitter.event;
  readonly onOutput = this.outputEmitter.event;
  readonly onComparison = this.comparisonEmitter.event;

  constructor(
    private readonly bundledFolder: string,
    private readonly middleware: Middleware,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Starts anew where that would be another start than the last one. */
  startOtherwise(): Promise<void> {
    return this.inTurn(async () => {
      // Settings arrive one by one at the start of a window, each told after it is in force.
      if (startSettings() === this.startedWith) return;
      this.ends = [];
      await this.stopNow();
      await this.startNow();
    });
  }

  restart(): Promise<void> {
    this.ends = [];
    return this.inTurn(async () => {
      await this.stopNow();
      await this.startNow();
    });
  }

  stop(): Promise<void> {
    return this.inTurn(() => this.stopNow());
  }

  /** Lets the server ask for its settings again. */
  tellSettingsChanged(): void {
    if (this.client?.state !== State.Running) return;
    void this.client.sendNotification("workspace/didChangeConfiguration", { settings: null });
  }

  dispose(): void {
    void this.stop();
    this.statusEmitter.dispose();
    this.outputEmitter.dispose();
    this.comparisonEmitter.dispose();
    this.stateEmitter.dispose();
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    this.turn = this.turn.then(work);
    return this.turn;
  }

  private async startNow(): Promise<void> {
    this.startedWith = startSettings();
    this.tellLife("starting");
    const suggestedInterpreter = () => chosenInterpreter(this.log);
    const bundle = { folder: this.bundledFolder, suggestedInterpreter };
    const found = await findServer(wishes(), bundle, thisMachine());
    if (found.kind === "missing") {
      this.tellLife("gone");
      this.tellMissing(found);
      return;
    }
    this.log.info(`Starting ${found.origin}: ${[found.command, ...found.args].join(" ")}`);
    const command = { command: found.command, args: [...found.args], options: { env: environmentOf(thisMachine()) } };
    const client = new QuietClient("livebook", "Livebook", command, this.options());
    this.client = client;
    client.registerFeature(showsStatus);
    client.onNotification("livebook/status", (status: Status) => {
      this.statusEmitter.fire(status);
    });
    client.registerFeature(ABILITIES_OF_OURS);
    client.onNotification("livebook/output", (output: Output) => {
      this.outputEmitter.fire(output);
    });
    client.onNotification("livebook/compare", (comparison: Comparison) => {
      this.comparisonEmitter.fire(comparison);
    });
    client.onDidChangeState(({ newState }) => {
      this.tellLife(LIVES.get(newState) ?? "gone");
      if (newState === State.Running) tellAbilities(client);
    });
    await client.start().catch((error: unknown) => {
      this.log.error(`The server did not start: ${String(error)}`);
      this.tellEnded("The Livebook server could not be started.");
    });
  }

  private async stopNow(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client) this.tellLife("gone");
    await client?.dispose().catch((error: unknown) => {
      this.log.warn(`The server did not stop in order: ${String(error)}`);
    });
  }

  private options(): LanguageClientOptions {
    return {
      documentSelector: [
        { scheme: "file", pattern: "**/*.livemd" },
        { scheme: "untitled", language: "livebook" },
      ],
      initializationOptions: forServer,
      middleware: this.middleware,
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      // `startNow` tells of it.
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => this.closed(),
      },
    };
  }

  private closed(): CloseHandlerResult {
    const hasAnswered = this.client?.state === State.Running;
    const now = Date.now();
    this.ends = [...this.ends.filter((end) => now - end < WITHIN_MS), now];
    if (hasAnswered && this.ends.length <= RESTARTS) return { action: CloseAction.Restart, handled: true };
    // One that ends before it has answered would end so again; of the first start `startNow` tells.
    if (this.ends.length > 1) this.tellEnded("The Livebook server keeps ending by itself and is not started again.");
    return { action: CloseAction.DoNotRestart, handled: true };
  }

  private tellLife(life: Life): void {
    void vscode.commands.executeCommand("setContext", NO_SERVER, life !== "running");
    this.stateEmitter.fire(life);
  }

  private tellMissing({ sentence, setting }: Missing): void {
    this.log.error(sentence);
    // What is on the screen needn't be said again.
    if (this.shown === sentence) return;
    this.shown = sentence;
    void vscode.window.showErrorMessage(sentence, "Open Settings", "Try Again").then((choice) => {
      if (this.shown === sentence) this.shown = undefined;
      if (choice === "Open Settings") void vscode.commands.executeCommand("workbench.action.openSettings", setting);
      if (choice === "Try Again") void this.restart();
    });
  }

  private tellEnded(sentence: string): void {
    void vscode.window.showErrorMessage(sentence, "Show Log", "Try Again").then((choice) => {
      if (choice === "Show Log") this.log.show();
      if (choice === "Try Again") void this.restart();
    });
  }
}

function tellAbilities(client: LanguageClient): void {
  const commands = client.initializeResult?.capabilities.executeCommandProvider?.commands ?? [];
  for (const [command, context] of Object.entries(ABILITIES)) {
    void vscode.commands.executeCommand("setContext", context, commands.includes(command));
  }
}
