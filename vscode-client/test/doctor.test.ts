import assert from "node:assert/strict";
import { test } from "node:test";
import { readFindings } from "../src/doctor";

test("a line is a finding, with its mend apart", () => {
  const printed = [
    "ok       Livebook at http://localhost:8080 (found by livebook.url) takes syncs: its dev endpoints are on.",
    "problem  http://localhost:8080 (found by livebook.url): Its dev endpoints are off. Turn them on in Livebook.",
    "note     Looked at http://127.0.0.1:8080 (the usual port).",
    "",
  ].join("\n");
  assert.deepEqual(readFindings(printed), [
    { icon: "pass", title: "Livebook at http://localhost:8080 (found by livebook.url) takes syncs:", rest: "its dev endpoints are on." },
    { icon: "error", title: "http://localhost:8080 (found by livebook.url):", rest: "Its dev endpoints are off. Turn them on in Livebook." },
    { icon: "info", title: "Looked at http://127.0.0.1:8080 (the usual port).", rest: "" },
  ]);
});

test("an address's dots end no sentence", () => {
  assert.equal(readFindings("ok       Found at 127.0.0.1 by v0.20.1 here.")[0]?.title, "Found at 127.0.0.1 by v0.20.1 here.");
});

test("what is too long for a line goes on in the next", () => {
  const [finding] = readFindings(`problem  ${"word ".repeat(20)}end. And more.`);
  assert.equal(finding?.title, "word ".repeat(14).trim());
  assert.equal(finding.rest, `${"word ".repeat(6)}end. And more.`);
});

test("another line is shown as it is, also after Windows's line ends", () => {
  assert.deepEqual(readFindings("constructor of things\r\nwarning"), [
    { icon: "info", title: "constructor of things", rest: "" },
    { icon: "info", title: "warning", rest: "" },
  ]);
});
