import assert from "node:assert/strict";
import { test } from "node:test";
import { show } from "../src/doctor";

test("a finding has its level's icon, and its mend below", () => {
  const found = { level: "problem", code: "endpoints-off", sentence: "Its dev endpoints are off.", mend: "Turn them on." };
  assert.deepEqual(show(found), { icon: "error", title: "Its dev endpoints are off.", rest: "Turn them on." });
});

test("what is well needs no mend", () => {
  assert.deepEqual(show({ level: "ok", sentence: "All is well.", mend: "" }), { icon: "pass", title: "All is well.", rest: "" });
});

test("what is too long for a line goes on in the next, at a clause or else a word", () => {
  const clause = show({ level: "ok", sentence: "Livebook at http://localhost:8080 (found by livebook.url) takes syncs: its dev endpoints are on." });
  assert.deepEqual([clause.title.slice(-6), clause.rest], ["syncs:", "its dev endpoints are on."]);
  const words = show({ level: "note", sentence: `${"word ".repeat(20)}end.`, mend: "And more." });
  assert.deepEqual([words.title, words.rest], ["word ".repeat(14).trim(), `${"word ".repeat(6)}end. And more.`]);
});

test("a level named like a property of every object is unknown", () => {
  assert.equal(show({ level: "constructor", sentence: "Odd." }).icon, "info");
});
