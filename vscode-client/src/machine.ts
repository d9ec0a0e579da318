// The machine that the extension runs on, as the search for the server asks about it.
import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import type { Machine } from "./serverCommand";

// A Python on a cold or a network disk takes seconds.
const ANSWER_MS = 10_000;

export function thisMachine(): Machine {
  return { platform: process.platform, home: homedir(), environment: process.env, isFile, run };
}

function isFile(path: string): boolean {
  try {
    accessSync(path, constants.F_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function run(command: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { timeout: ANSWER_MS, windowsHide: true };
    execFile(command, args, options, (error, stdout) => {
      resolve(error ? undefined : stdout);
    });
  });
}
