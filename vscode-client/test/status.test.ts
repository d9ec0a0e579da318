import assert from "node:assert/strict";
import { test } from "node:test";
import { look } from "../src/status";

function shown(state: string, sentence = "A sentence.") {
  return look({ uri: "file:///a.livemd", state, url: null, sentence });
}

test("a known state has an icon and few words, and its sentence in the tooltip", () => {
  const { text, tooltip, isWarning } = shown("inSync", "In sync with Livebook.");
  assert.equal(text, "$(check) Livebook: in sync");
  assert.equal(tooltip, "In sync with Livebook.");
  assert.equal(isWarning, false);
});

test("what holds the user up is painted as a warning", () => {
  for (const state of ["refused", "failed", "held", "died"]) assert.equal(shown(state).isWarning, true);
});

test("an unknown state is shown by its sentence", () => {
  assert.equal(shown("reformatted", "Livebook rewrote the file. Reload it.").text, "$(info) Livebook: Livebook rewrote the file");
});

test("a state named like a property of every object is unknown too", () => {
  assert.equal(shown("constructor", "Odd.").text, "$(info) Livebook: Odd");
});

test("a long sentence is cut, and can't bring in icons", () => {
  const { text } = shown("new", `$(flame) ${"word ".repeat(30)}`);
  assert.match(text, /^\$\(info\) Livebook: \$ \(flame\) word .*…$/);
  assert.ok(text.length < 70);
});
