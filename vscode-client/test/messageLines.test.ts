import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { lineOf } from "../src/messageLines";

const PAGE = "# Messages\n\n### not-running\n\nStart it.\n\n| code |\n|---|\n| <a id=\"no-hub\"></a>`no-hub` |\n";

test("a code with a heading is found at its heading", () => {
  assert.equal(lineOf("not-running", PAGE), 3);
});

test("a code in a table is found at its row", () => {
  assert.equal(lineOf("no-hub", PAGE), 9);
});

test("a code that the page lacks, or only begins with, is nowhere", () => {
  assert.equal(lineOf("not-run", PAGE), undefined);
  assert.equal(lineOf("not-running", ""), undefined);
});

test("the page that comes along is read so", () => {
  const page = readFileSync("../docs/messages.md", "utf8");
  const lines = page.split("\n");
  assert.equal(lines[(lineOf("not-open", page) ?? 0) - 1], "### not-open");
  assert.match(lines[(lineOf("unclosed-fence", page) ?? 0) - 1] ?? "", /is never closed/);
});
