// Finds the program that is the server. Knows nothing of the editor: what it may ask about the
// machine comes in as `Machine`, so that every case has a test.
import { posix, win32 } from "node:path";

/** What the user set; empty where nothing is set. */
export interface Wishes {
  /** `livebook.server.path` */
  readonly serverPath: string;
  /** `livebook.interpreter` */
  readonly interpreter: string;
  /** The folder that `${workspaceFolder}` means. */
  readonly workspaceFolder: string | undefined;
}

/** What the search may ask. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  isFile(path: string): boolean;
  /** What the program printed, or `undefined` where it can't be run or fails. */
  run(command: string, args: readonly string[]): Promise<string | undefined>;
}

export interface Found {
  readonly kind: "found";
  readonly command: string;
  readonly args: readonly string[];
  /** Where it was found, for the log. */
  readonly origin: string;
}

export interface Missing {
  readonly kind: "missing";
  /** What the user reads: what is missing, and what to do. */
  readonly sentence: string;
  /** The setting that is wrong, or the one that mends it. */
  readonly setting: "livebook.server.path" | "livebook.interpreter";
}

/** The server that comes with the extension, if its libraries were packed. */
export interface Bundle {
  /** The folder of `start.py` and `libs`. */
  readonly folder: string;
  /** The interpreter chosen in the Python extension, if that is installed. */
  readonly suggestedInterpreter: () => Promise<string | undefined>;
}

interface Python {
  readonly command: string;
  readonly args: readonly string[];
}

const OLDEST = [3, 11] as const;
// Where `python3` is an old one, a newer one has its version in its name.
const NEWER = ["python3.14", "python3.13", "python3.12", "python3.11"];
const SERVE = "--stdio";
const PRINT_VERSION = ["-I", "-S", "-c", "import sys; print(*sys.version_info[:2])"];

/** The server's command: as the user set it, else the bundled one, else one that is installed. */
export async function findServer(wishes: Wishes, bundle: Bundle, machine: Machine): Promise<Found | Missing> {
  if (wishes.serverPath) return serverAt(wishes.serverPath, wishes, machine);
  const paths = pathsOf(machine);
  const hasBundle = machine.isFile(paths.join(bundle.folder, "libs", "livebook_ls", "__main__.py"));
  const start = paths.join(bundle.folder, "start.py");
  if (hasBundle && wishes.interpreter) return bundledWithWish(start, wishes, machine);
  const python = hasBundle ? await findPython(bundle, machine) : undefined;
  return (python && bundled(start, python)) ?? installed(machine) ?? missing(hasBundle);
}

/** What the server runs with: all that the editor has, and programs are found also where a dock has no path to them. */
export function environmentOf(machine: Machine): Record<string, string> {
  // On Windows two names that differ in case are one, and which of them counts is anybody's guess.
  const others = Object.entries(machine.environment).filter(([name]) => name.toUpperCase() !== "PATH");
  const set = others.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return { ...Object.fromEntries(set), PATH: searchPath(machine) };
}

/** The search path with what a program started from a dock has not in it, at its end. */
export function searchPath(machine: Machine): string {
  const { delimiter } = pathsOf(machine);
  const given = pathFolders(machine);
  return [...given, ...binFolders(machine).filter((folder) => !given.includes(folder))].join(delimiter);
}

/** A path as a person writes it: `~` and `${workspaceFolder}` stand for what they mean. */
export function expand(path: string, wishes: Wishes, machine: Machine): string {
  const folder = wishes.workspaceFolder ?? "";
  return path
    .trim()
    .replace(/^~(?=$|[/\\])/, () => machine.home)
    .replaceAll("${workspaceFolder}", () => folder)
    .replaceAll("${userHome}", () => machine.home);
}

function serverAt(given: string, wishes: Wishes, machine: Machine): Found | Missing {
  const wanted = expand(given, wishes, machine);
  const command = isPath(wanted) ? existing(wanted, machine) : onPath(wanted, machine);
  if (command) return found(command, [SERVE], "livebook.server.path");
  return {
    kind: "missing",
    sentence: `There is no program at ${wanted}. Correct the setting livebook.server.path, or empty it to use the server that comes with the extension.`,
    setting: "livebook.server.path",
  };
}

async function bundledWithWish(start: string, wishes: Wishes, machine: Machine): Promise<Found | Missing> {
  const python = { command: expand(wishes.interpreter, wishes, machine), args: [] };
  if (await isRecent(python, machine)) return bundled(start, python);
  return {
    kind: "missing",
    sentence: `${python.command} is no Python ${OLDEST.join(".")} or newer. Correct the setting livebook.interpreter, or empty it to let one be found.`,
    setting: "livebook.interpreter",
  };
}

async function findPython(bundle: Bundle, machine: Machine): Promise<Python | undefined> {
  const suggested = await bundle.suggestedInterpreter();
  const candidates = [...(suggested ? [{ command: suggested, args: [] }] : []), ...pythons(machine)];
  for (const python of candidates) {
    if (await isRecent(python, machine)) return python;
  }
  return withUv(bundle.folder, machine);
}

/** The names by which a Python answers, then places that a program started from a dock has not in its PATH. */
function pythons(machine: Machine): Python[] {
  const names = machine.platform === "win32" ? ["python3", "python"] : ["python3", "python", ...NEWER];
  const places = binFolders(machine).flatMap((folder) => names.flatMap((name) => firstFile([folder], name, machine) ?? []));
  const found = [
    ...names.flatMap((name) => onPath(name, machine) ?? []).map(plain),
    ...[onPath("py", machine) ?? []].flat().map((command) => ({ command, args: ["-3"] })),
    ...places.map(plain),
  ];
  // A place may be in the PATH too.
  return found.filter(({ command }, at) => found.findIndex((it) => it.command === command) === at);
}

/**
 * uv brings a Python of its own where the machine has none.
 *
 * From a folder of ours: in a workspace it would run what that has in its `.venv`, whoever made it.
 */
function withUv(folder: string, machine: Machine): Python | undefined {
  const uv = onPath("uv", machine) ?? firstFile(binFolders(machine), "uv", machine);
  if (!uv) return undefined;
  const version = `>=${OLDEST.join(".")}`;
  return { command: uv, args: ["run", "--quiet", "--directory", folder, "--no-project", "--python", version, "python"] };
}

async function isRecent(python: Python, machine: Machine): Promise<boolean> {
  const printed = await machine.run(python.command, [...python.args, ...PRINT_VERSION]);
  const [, major, minor] = /^(\d+) (\d+)\s*$/.exec(printed ?? "") ?? [];
  return Number(major) === OLDEST[0] && Number(minor) >= OLDEST[1];
}

/** Isolated and without site packages: nothing that the user's Python has can disturb the server. */
function bundled(start: string, python: Python): Found {
  const origin = `the bundled server, run by ${[python.command, ...python.args].join(" ")}`;
  return found(python.command, [...python.args, "-I", "-S", start, SERVE], origin);
}

function installed(machine: Machine): Found | undefined {
  const command = onPath("livebook-ls", machine) ?? firstFile(binFolders(machine), "livebook-ls", machine);
  return command ? found(command, [SERVE], "an installed livebook-ls") : undefined;
}

function missing(hasBundle: boolean): Missing {
  if (!hasBundle) {
    return {
      kind: "missing",
      sentence: "No livebook-ls was found on this machine. Install it from a checkout (pipx install /path/to/livebook-ls), or say in the setting livebook.server.path where it is.",
      setting: "livebook.server.path",
    };
  }
  return {
    kind: "missing",
    sentence: `Livebook support needs Python ${OLDEST.join(".")} or newer, and none was found. Install one, or say in the setting livebook.interpreter where it is.`,
    setting: "livebook.interpreter",
  };
}

function found(command: string, args: readonly string[], origin: string): Found {
  return { kind: "found", command, args, origin };
}

function plain(command: string): Python {
  return { command, args: [] };
}

function pathsOf(machine: Machine): typeof posix {
  return machine.platform === "win32" ? win32 : posix;
}

function isPath(wanted: string): boolean {
  return /[/\\]/.test(wanted);
}

function onPath(name: string, machine: Machine): string | undefined {
  return firstFile(pathFolders(machine), name, machine);
}

function pathFolders(machine: Machine): string[] {
  // Windows may spell it Path, and node hands the name on as it is.
  const [, value = ""] = Object.entries(machine.environment).find(([key]) => key.toUpperCase() === "PATH") ?? [];
  return value.split(pathsOf(machine).delimiter).filter(Boolean);
}

/** Where tools are put and a program started from a dock does not look; Livebook's own is an escript. */
function binFolders(machine: Machine): string[] {
  const paths = pathsOf(machine);
  const own = paths.join(machine.home, ".local", "bin");
  const escripts = paths.join(machine.home, ".mix", "escripts");
  return machine.platform === "win32" ? [own, escripts] : [own, "/opt/homebrew/bin", "/usr/local/bin", "/usr/bin", escripts];
}

function firstFile(folders: readonly string[], name: string, machine: Machine): string | undefined {
  const paths = pathsOf(machine);
  for (const folder of folders) {
    const file = existing(paths.join(folder, name), machine);
    if (file) return file;
  }
  return undefined;
}

function existing(path: string, machine: Machine): string | undefined {
  const endings = machine.platform === "win32" ? ["", ".exe"] : [""];
  return endings.map((ending) => path + ending).find((file) => machine.isFile(file));
}
