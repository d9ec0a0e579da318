"""How notebooks are written, on one page, for the model: for a CLAUDE.md, AGENTS.md or Cursor rule.

The first of its fenced blocks is a whole notebook, in Livebook's own form.
"""

from __future__ import annotations

GUIDE = """\
## Livebook notebooks (`.livemd`)

A notebook is a Markdown file that Livebook reads into sections and cells, and writes back in its own form.
Its session in Livebook follows every edit by itself, and you are told what went wrong, with the line.

With the tools of `livebook-ls mcp` (`read_notebook`, `edit_notebook`, `run_cells`, …): use them to read cells with their results, to change, insert, move and delete cells and sections, to make a notebook, to run, and to look an API up. They need no fences, comments or escapes, and prove each edit.
Without them, and for the same change in many notebooks at once, edit the file as text, by these rules:

````markdown
# Title of the notebook

```elixir
Mix.install([
  {:kino, "~> 0.14"}
])
```

## A section

Text between code blocks is a Markdown cell.

* bullets are `*`

```elixir
x = 1 + 1
```

<!-- livebook:{"branch_parent_index":0} -->

## A branch

```elixir
x * 2
```
````

How it is written:

- One `# Title`, then `## Section`s; `###` and deeper stay inside a Markdown cell. Every cell belongs to a section, except the setup cell: the one Elixir block between title and first section.
- An `elixir`, `erlang` or `python` block is a code cell; a block of any other language stays part of the text.
- `<!-- livebook:{"force_markdown":true} -->` above an Elixir block keeps it as text; `<!-- livebook:{"break_markdown":true} -->` between two paragraphs makes them two cells.
- `<!-- livebook:{"branch_parent_index":0} -->` above a section's heading makes it a branch of the section of that number, counted from 0. The parent must stand above it and be no branch itself.
- A blank line goes around every block, heading and comment; each comment has a line of its own, and what stands between `livebook:` and `-->` is JSON.
- Close every fence. A fence must be longer than the longest run of backticks inside it.

What not to touch:

- The stamp, the comment with `"stamp"` at the very end: leave it last and unchanged. Livebook signs the text with it and makes a new one.
- Smart cells: a comment with `"livebook_object":"smart_cell"` and the Elixir block below it. Their source is made from the comment. To change one, remove the comment, which leaves a code cell; never write, copy or move one.
- Outputs: a comment with `"output":true` and the block below it. Never write one; delete it together with its comment.
- The comment above the title (`"persist_outputs"`, `"autosave_interval_s"`, `"file_entries"` …): a running session ignores changes of it.

What Livebook does not keep: YAML front matter, link definitions (`[a]: https://…`; write `[text](https://…)`), `{: .class}` attributes, alignment in tables, ordered lists that begin at another number than 1.

If the hook says that Livebook wrote the file in its own form, read it again before the next edit.
Never run `curl` against Livebook's `/dev/` endpoints: they accept text that ends the session or deletes cells.
"""  # noqa: E501 — one sentence a line, as in all Markdown of ours
