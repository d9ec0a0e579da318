import assert from "node:assert/strict";
import { test } from "node:test";
import { type Bundle, environmentOf, expand, findServer, type Machine, searchPath, type Wishes } from "../src/serverCommand";

const LIBRARY = "/ext/bundled/libs/livebook_ls/__main__.py";
const START = "/ext/bundled/start.py";
const BUNDLED = ["-I", "-S", START, "--stdio"];

/** Programs by their path: a Python's version, or anything else for what is none. */
type Programs = Record<string, string>;

function machine(programs: Programs, more: Partial<Machine> = {}): Machine {
  return {
    platform: "linux",
    home: "/home/ana",
    environment: { PATH: "/usr/games:/usr/bin" },
    isFile: (path) => path in programs,
    run: (command) => Promise.resolve(programs[command]),
    ...more,
  };
}

function wishes(set: Partial<Wishes> = {}): Wishes {
  return { serverPath: "", interpreter: "", workspaceFolder: undefined, ...set };
}

function bundle(suggested?: string, folder = "/ext/bundled"): Bundle {
  return { folder, suggestedInterpreter: () => Promise.resolve(suggested) };
}

async function command(set: Partial<Wishes>, programs: Programs, more: Partial<Machine> = {}): Promise<string[] | string> {
  const found = await findServer(wishes(set), bundle(), machine(programs, more));
  return found.kind === "found" ? [found.command, ...found.args] : found.sentence;
}

test("the program that the user names is started", async () => {
  const programs = { "/srv/my tools/livebook-ls": "" };
  assert.deepEqual(await command({ serverPath: "/srv/my tools/livebook-ls" }, programs), ["/srv/my tools/livebook-ls", "--stdio"]);
});

test("a program may be named as it is called in a terminal", async () => {
  assert.deepEqual(await command({ serverPath: "livebook-ls" }, { "/usr/bin/livebook-ls": "" }), ["/usr/bin/livebook-ls", "--stdio"]);
});

test("a program that is not there is told by the setting's name, and nothing else is started", async () => {
  const programs = { [LIBRARY]: "", "/usr/bin/python3": "3 12" };
  assert.match(String(await command({ serverPath: "~/gone" }, programs)), /\/home\/ana\/gone.*livebook\.server\.path/);
});

test("the home and the workspace folder are understood in paths", () => {
  const here = machine({});
  const set = wishes({ workspaceFolder: "/work space/$&" });
  assert.equal(expand("~/bin/x", set, here), "/home/ana/bin/x");
  assert.equal(expand("${workspaceFolder}/.venv/bin/python", set, here), "/work space/$&/.venv/bin/python");
  assert.equal(expand("/a/~b", set, here), "/a/~b");
});

test("the bundled server runs with the first Python that is recent enough", async () => {
  const programs = { [LIBRARY]: "", "/usr/bin/python3": "3 9", "/usr/bin/python3.11": "3 11\n" };
  assert.deepEqual(await command({}, programs), ["/usr/bin/python3.11", ...BUNDLED]);
});

test("the user's interpreter goes before all others", async () => {
  const programs = { [LIBRARY]: "", "/usr/bin/python3": "3 13", "/usr/local/py/bin/python": "3 11" };
  assert.deepEqual(await command({ interpreter: "/usr/local/py/bin/python" }, programs), ["/usr/local/py/bin/python", ...BUNDLED]);
});

test("an interpreter of the user's that is too old or none is told", async () => {
  for (const printed of ["3 10", "2 7", "livebook-ls 0.1.0"]) {
    const programs = { [LIBRARY]: "", "/usr/bin/python3": "3 13", "/usr/local/tool": printed };
    assert.match(String(await command({ interpreter: "/usr/local/tool" }, programs)), /no Python 3\.11.*livebook\.interpreter/);
  }
});

test("the Python extension's choice is taken where it is recent enough", async () => {
  const programs = { [LIBRARY]: "", "/usr/bin/python3": "3 13", "/venv/new": "3 12", "/venv/old": "3 8" };
  const chosen = async (path: string) => {
    const found = await findServer(wishes(), bundle(path), machine(programs));
    return found.kind === "found" ? found.command : found.sentence;
  };
  assert.equal(await chosen("/venv/new"), "/venv/new");
  assert.equal(await chosen("/venv/old"), "/usr/bin/python3");
});

test("a Python outside the PATH is found where installers put it", async () => {
  const programs = { [LIBRARY]: "", "/opt/homebrew/bin/python3": "3 13" };
  assert.deepEqual(await command({}, programs, { platform: "darwin", environment: {} }), ["/opt/homebrew/bin/python3", ...BUNDLED]);
});

test("a newer Python outside the PATH is found where the one in it is old", async () => {
  const programs = { [LIBRARY]: "", "/usr/bin/python3": "3 9", "/home/ana/.local/bin/python3.13": "3 13" };
  assert.deepEqual(await command({}, programs), ["/home/ana/.local/bin/python3.13", ...BUNDLED]);
});

test("no Python is asked twice for its version", async () => {
  const asked: string[] = [];
  const programs = { [LIBRARY]: "", "/usr/bin/python3": "3 9" };
  const run = (program: string) => {
    asked.push(program);
    return Promise.resolve("3 9");
  };
  await command({}, programs, { run });
  assert.deepEqual(asked, ["/usr/bin/python3"]);
});

test("the server finds programs also where a dock has no path to them", () => {
  const path = searchPath(machine({}, { platform: "darwin", environment: { PATH: "/usr/bin:/bin" } }));
  assert.equal(path, "/usr/bin:/bin:/home/ana/.local/bin:/opt/homebrew/bin:/usr/local/bin:/home/ana/.mix/escripts");
});

test("uv brings a Python, and never a workspace's own", async () => {
  const programs = { [LIBRARY]: "", "/home/ana/.local/bin/uv": "" };
  const folder = ["--directory", "/ext/bundled"];
  const uv = ["/home/ana/.local/bin/uv", "run", "--quiet", ...folder, "--no-project", "--python", ">=3.11", "python"];
  assert.deepEqual(await command({}, programs), [...uv, ...BUNDLED]);
});

test("without bundled libraries an installed server is started, also from outside the PATH", async () => {
  const programs = { "/usr/bin/python3": "3 13", "/home/ana/.local/bin/livebook-ls": "" };
  assert.deepEqual(await command({}, programs), ["/home/ana/.local/bin/livebook-ls", "--stdio"]);
});

test("an installed server is the last resort where no Python is recent enough", async () => {
  const programs = { [LIBRARY]: "", "/usr/bin/python3": "3 9", "/usr/bin/livebook-ls": "" };
  assert.deepEqual(await command({}, programs), ["/usr/bin/livebook-ls", "--stdio"]);
});

test("nothing found is one sentence that says what to do", async () => {
  assert.match(String(await command({}, { [LIBRARY]: "" })), /needs Python 3\.11 or newer.*livebook\.interpreter/);
  assert.match(String(await command({}, {})), /No livebook-ls.*livebook\.server\.path/);
});

test("on Windows programs end in .exe, the PATH is called Path, and py is asked for version 3", async () => {
  const programs = { "C:\\ext\\bundled\\libs\\livebook_ls\\__main__.py": "", "C:\\Windows\\py.exe": "3 12\r\n" };
  const here = machine(programs, { platform: "win32", home: "C:\\Users\\Ana", environment: { Path: "C:\\Windows;C:\\bin" } });
  const found = await findServer(wishes(), bundle(undefined, "C:\\ext\\bundled"), here);
  assert.deepEqual(found.kind === "found" && [found.command, ...found.args], [
    "C:\\Windows\\py.exe",
    "-3",
    "-I",
    "-S",
    "C:\\ext\\bundled\\start.py",
    "--stdio",
  ]);
});

test("the server has the editor's whole environment, with a longer search path", () => {
  const given = { PATH: "/usr/games", HOME: "/home/ana", LIVEBOOK_URL: "http://localhost:9", EMPTY: undefined };
  const { PATH, ...others } = environmentOf(machine({}, { environment: given }));
  assert.deepEqual(others, { HOME: "/home/ana", LIVEBOOK_URL: "http://localhost:9" });
  assert.equal(PATH, searchPath(machine({}, { environment: given })));
});

test("on Windows the search path has one name", () => {
  const environment = { Path: "C:\\bin", TEMP: "C:\\temp" };
  assert.deepEqual(Object.keys(environmentOf(machine({}, { platform: "win32", environment }))), ["TEMP", "PATH"]);
});
