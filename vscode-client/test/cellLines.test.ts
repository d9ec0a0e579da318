import assert from "node:assert/strict";
import { test } from "node:test";
import { codeLines } from "../src/cellLines";

function block(...lines: string[]): string {
  const { first, last } = codeLines({ first: 0, last: lines.length - 1 }, (line) => lines[line] ?? "");
  return lines.slice(first, last + 1).join("|");
}

test("a cell's code is without the comment over it and the outputs below", () => {
  assert.equal(block("<!-- livebook:{} -->", "", "```elixir", "1", "```", "", "<!-- … -->", "", "```", "1", "```"), "```elixir|1|```");
});

test("a shorter fence inside ends nothing", () => {
  assert.equal(block("````elixir", "```", "x", "```", "````"), "````elixir|```|x|```|````");
  assert.equal(block("~~~erlang", "```", "~~~"), "~~~erlang|```|~~~");
});

test("a fence that is never closed goes to the cell's end", () => {
  assert.equal(block("```elixir", "1", ""), "```elixir|1|");
});

test("a cell without a fence is whole", () => {
  assert.equal(block("some", "words"), "some|words");
});
