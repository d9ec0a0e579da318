import assert from "node:assert/strict";
import { test } from "node:test";
import { thisMachine } from "../src/machine";

const machine = thisMachine();

test("a program's output is what it printed", async () => {
  assert.equal(await machine.run(process.execPath, ["-p", "1 + 1"]), "2\n");
});

test("a program that fails or is not there has no output", async () => {
  assert.equal(await machine.run(process.execPath, ["-e", "process.exit(3)"]), undefined);
  assert.equal(await machine.run("/no/such/program", []), undefined);
});

test("a folder is no file", () => {
  assert.equal(machine.isFile(process.execPath), true);
  assert.equal(machine.isFile("/"), false);
  assert.equal(machine.isFile("/no/such/file"), false);
});
