import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createOnigScanner, createOnigString, loadWASM } from "vscode-oniguruma";
import { type IGrammar, INITIAL, parseRawGrammar, Registry } from "vscode-textmate";

const NOTEBOOK = "text.html.markdown.livebook";
// What the editor brings of other languages, as far as it matters where they begin and end.
const others = (scopeName: string) => ({ scopeName, patterns: [{ match: "\\w+", name: `word.${scopeName}` }], repository: {} });

const wasm = loadWASM(readFileSync("node_modules/vscode-oniguruma/release/onig.wasm"));

/** With `isAlone` no extension for any language is there. */
async function grammar(isAlone: boolean): Promise<IGrammar> {
  await wasm;
  const registry = new Registry({
    onigLib: Promise.resolve({ createOnigScanner, createOnigString }),
    loadGrammar: (scopeName) => {
      const [, name] = /^source\.(.*)\.livebook$/.exec(scopeName) ?? [];
      const file = scopeName === NOTEBOOK ? "livebook" : name;
      if (file) return Promise.resolve(parseRawGrammar(readFileSync(`syntaxes/${file}.tmLanguage.json`, "utf8"), `${file}.json`));
      return Promise.resolve(isAlone ? null : (others(scopeName) as unknown as ReturnType<typeof parseRawGrammar>));
    },
  });
  const loaded = await registry.loadGrammar(NOTEBOOK);
  assert.ok(loaded);
  return loaded;
}

const amongOthers = grammar(false);
const alone = grammar(true);

/** For each line the scopes of its first word, without the notebook's own. */
async function scopes(...lines: string[]): Promise<string[]> {
  const notebook = await amongOthers;
  let state = INITIAL;
  return lines.map((line) => {
    const { tokens, ruleStack } = notebook.tokenizeLine(line, state);
    state = ruleStack;
    const word = tokens.find(({ startIndex, endIndex }) => /\w/.test(line.slice(startIndex, endIndex)));
    return (word?.scopes.slice(1) ?? []).join(" ");
  });
}

for (const language of ["elixir", "erlang", "python", "sql", "toml"]) {
  test(`a cell of ${language} has its colours, and what follows has Markdown's`, async () => {
    const [, code, , after] = await scopes(`\`\`\`${language}`, "code", "```", "words");
    assert.match(code ?? "", new RegExp(`meta\\.embedded\\.block\\.${language} word\\.source\\.${language}`));
    assert.equal(after, "word.text.html.markdown");
  });
}

test("Python's packages are TOML", async () => {
  const [, code] = await scopes("```pyproject.toml", "code", "```");
  assert.match(code ?? "", /word\.source\.toml/);
});

test("Livebook's comments are comments, over several lines too", async () => {
  for (const lines of [['<!-- livebook:{"a":1} -->', "words"], ["<!-- livebook:{", '"a":1} -->', "words"]]) {
    const found = await scopes(...lines);
    assert.equal(found.pop(), "word.text.html.markdown");
    for (const scope of found) assert.match(scope, /^comment\.block\.html\.livebook/);
  }
});

test("an output is one, and the cell after it is a cell", async () => {
  const found = await scopes('<!-- livebook:{"output":true} -->', "", "```", "42", "```", "", "```elixir", "code", "```", "words");
  assert.match(found[0] ?? "", /comment\.block/);
  assert.match(found[3] ?? "", /markup\.raw\.block\.output\.livebook/);
  assert.match(found[7] ?? "", /word\.source\.elixir/);
  assert.equal(found[9], "word.text.html.markdown");
});

test("an output directly before a cell does not swallow it", async () => {
  const found = await scopes('<!-- livebook:{"output":true} -->', "````", "```", "````", "```elixir", "code", "```");
  assert.match(found[5] ?? "", /word\.source\.elixir/);
});

test("an output's comment without a block is followed by Markdown", async () => {
  const found = await scopes('<!-- livebook:{"output":true} -->', "words");
  assert.equal(found[1], "word.text.html.markdown");
});

test("a longer fence is not closed by a shorter one", async () => {
  const [, , code] = await scopes("````elixir", "```", "code", "````");
  assert.match(code ?? "", /word\.source\.elixir/);
});

/** The innermost scope of each piece of a cell's line, where no extension knows its language. */
async function pieces(language: string, ...lines: string[]): Promise<string[]> {
  const notebook = await alone;
  let state = notebook.tokenizeLine(`\`\`\`${language}`, INITIAL).ruleStack;
  return lines.flatMap((line) => {
    const { tokens, ruleStack } = notebook.tokenizeLine(line, state);
    state = ruleStack;
    return tokens
      .map(({ startIndex, endIndex, scopes }) => [line.slice(startIndex, endIndex).trim(), scopes.at(-1) ?? ""])
      .filter(([text, scope]) => text && !/^(meta|source)\./.test(scope ?? ""))
      .map(([text, scope]) => `${text ?? ""} ${scope?.split(".").slice(0, 2).join(".") ?? ""}`);
  });
}

test("Elixir has colours without an extension for it", async () => {
  assert.deepEqual(await pieces("elixir", "def sum(x), do: Enum.map(x, &(&1 + 0xF)) # all"), [
    "def keyword.control",
    "sum entity.name",
    "do: constant.language",
    "Enum entity.name",
    "map entity.name",
    "& keyword.operator",
    "&1 variable.parameter",
    "+ keyword.operator",
    "0xF constant.numeric",
    "# punctuation.definition",
    "all comment.line",
  ]);
});

test("Elixir's strings end where they end, with code inside", async () => {
  assert.deepEqual(await pieces("elixir", '"a #{%{b: 1}} c" <> ~s(d)', "nil"), [
    '" punctuation.definition',
    "a string.quoted",
    "#{ punctuation.section",
    "b: constant.language",
    "1 constant.numeric",
    "} punctuation.section",
    "c string.quoted",
    '" punctuation.definition',
    "<> keyword.operator",
    "~s( punctuation.definition",
    "d string.quoted",
    ") punctuation.definition",
    "nil constant.language",
  ]);
});

test("Elixir's heredocs and atoms", async () => {
  assert.deepEqual(await pieces("elixir", '"""', 'one "two"', '"""', ":ok"), [
    '""" punctuation.definition',
    'one "two" string.quoted',
    '""" punctuation.definition',
    ":ok constant.language",
  ]);
});

test("Erlang and TOML have colours too", async () => {
  assert.deepEqual(await pieces("erlang", "lists:seq(1, N). % n"), [
    "lists entity.name",
    ": punctuation.separator",
    "seq entity.name",
    "1 constant.numeric",
    "N variable.other",
    "% n comment.line",
  ]);
  assert.deepEqual(await pieces("pyproject.toml", "[project]", 'name = "x"'), ["[project] entity.name", "name support.type", '" string.quoted', "x string.quoted", '" string.quoted']);
});
