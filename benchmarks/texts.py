"""Notebooks of any size, of the usual kind and of hostile kinds."""

from __future__ import annotations

from collections.abc import Callable

SECTION = """## Section {0}

Some text with `code` and **bold** words in it, that goes on for a line or two,
as paragraphs in a notebook do, with a [link](https://example.com/x).

* first item
* second item with `code`
  * nested one

<!-- livebook:{{"reevaluate_automatically":true}} -->

```elixir
x = {0}
Enum.map(1..10, fn i ->
  i * x
end)
```

"""
# Shapes that make a careless reader take a square of the time, or end it.
HOSTILE: dict[str, Callable[[int], str]] = {
    "nested quotes": lambda size: ">" * size + "`",
    "deep list": lambda size: "".join("  " * i + "- `x\n" for i in range(int(size**0.5))),
    "unclosed comments": lambda size: "<!-- x\n" * (size // 7),
    "one long line": lambda size: "x " * (size // 2),
    "a run of #": lambda size: "#" * size,
    "a run of *": lambda size: "* " * (size // 2) + "x",
    "a run of backticks": lambda size: "`x" * (size // 2),
    "a run of [": lambda size: "[[" * (size // 2) + "|",
    "unclosed tags": lambda size: "<div>\n" * (size // 6),
    "many small lists": lambda size: "- a\n+ b\n" * (size // 8),
    "link definitions": lambda size: "".join(f"[l{i}]: /u\n" for i in range(size // 10)),
    "deep JSON": lambda size: "<!-- livebook:" + "[" * (size // 2) + "]" * (size // 2) + " -->",
}


def usual(size: int) -> str:
    """A notebook of about so many characters, with a section and a cell every 330."""
    section = SECTION.format(1)
    return "# T\n\n" + "".join(map(SECTION.format, range(size // len(section))))


def cells(count: int) -> str:
    """A notebook of so many short cells."""
    code = "".join(f"\n```elixir\nx{n} = {n}\n```\n" for n in range(count))
    return f"# Note\n\n## Section\n{code}"
