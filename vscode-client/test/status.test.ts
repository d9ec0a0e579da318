import assert from "node:assert/strict";
import { test } from "node:test";
import { look } from "../src/status";

function shown(state: string, sentence = "A sentence.") {
  return look({ uri: "file:///a.livemd", state, url: null, sentence });
}

test("a known state has an icon, few words, and its whole sentence beside them", () => {
  const { icon, words, sentence, isWarning } = shown("inSync", "In sync with Livebook.");
  assert.deepEqual([icon, words, sentence, isWarning], ["check", "in sync", "In sync with Livebook.", false]);
});

test("what holds the user up is painted as a warning", () => {
  for (const state of ["refused", "failed", "held", "died", "changed", "differs"]) assert.equal(shown(state).isWarning, true);
});

test("a click opens the session where all is well, and else says what is wrong", () => {
  assert.equal(shown("inSync").command.id, "livebook.open");
  assert.equal(shown("detached").command.id, "livebook.open");
  for (const state of ["held", "notRunning"]) assert.equal(shown(state).command.id, "livebook.showStatus");
});

test("an unknown state is shown by its sentence", () => {
  assert.equal(shown("moved", "Livebook moved the file. Look for it.").words, "Livebook moved the file");
});

test("a state named like a property of every object is unknown too", () => {
  assert.equal(shown("constructor", "Odd.").words, "Odd");
});

test("a long sentence is cut, and can't bring in icons", () => {
  const { words } = shown("new", `$(flame) ${"word ".repeat(30)}`);
  assert.match(words, /^\$ \(flame\) word .*…$/);
  assert.ok(words.length < 60);
});
