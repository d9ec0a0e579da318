"""Scripts and plain Markdown made into notebooks."""

from __future__ import annotations

import pytest

from livebook_ls.notebook.converting.conversion import ConvertedNotebook, convert
from livebook_ls.notebook.extracts import elixir_script, plain_markdown
from livebook_ls.notebook.importing.importer import parse

EXPORTED = """# My notebook

```elixir
Mix.install([:kino])
```

## First

Some *text*.

```elixir
defmodule A do
  def a do
    1
  end

  # inside
  def b, do: 2
end

IO.puts(\"\"\"
# no comment

two
\"\"\")
```

```python
print(1)
```

## Second

More.
"""


def made(text: str, name: str) -> str:
    found = convert(text.encode(), name, with_outputs=False)
    assert isinstance(found, ConvertedNotebook)
    return found.text


def test_a_script_comes_back_as_the_notebook_that_it_was() -> None:
    script = elixir_script(EXPORTED)

    assert script is not None
    assert made(script, "x.exs") == EXPORTED


def test_markdown_comes_back_as_the_notebook_that_it_was() -> None:
    assert made(plain_markdown(EXPORTED), "x.md") == EXPORTED


def test_a_script_is_cut_at_the_comments_that_stand_alone() -> None:
    script = (
        "#!/usr/bin/env elixir\n# A title\n\nMix.install([\n  :kino\n])\n\n# Says something\n"
        "# in two lines.\n\nx = 1\n# stays with its code\ny = 2\n\nz = 3\n"
    )
    notebook = parse(made(script, "a.exs"))

    assert notebook.name == "A title"
    assert [it.source for it in notebook.setup] == ["Mix.install([\n  :kino\n])"]
    assert [it.source for it in notebook.sections[0].cells] == [
        "Says something\nin two lines.",
        "x = 1\n# stays with its code\ny = 2\n\nz = 3",
    ]


def test_comments_within_code_stay_there() -> None:
    code = "defmodule A do\n\n  # one\n\n  def a do\n\n# left\n\n    1\n  end\nend"

    assert [it.source for it in parse(made(code, "a.exs")).sections[0].cells][-1].endswith("end")
    (section,) = parse(made("x = [\n\n# a\n\n1]\n", "a.exs")).sections
    assert [it.source for it in section.cells] == ["x = [\n\n# a\n\n1]"]


def test_branches_are_named_by_their_sections() -> None:
    text = (
        "# T\n\n## A\n\n```elixir\n1\n```\n\n"
        '<!-- livebook:{"branch_parent_index":0} -->\n\n## B\n\nprose\n'
    )
    script = elixir_script(text)

    assert script is not None
    assert [it.parent_index for it in parse(made(script, "a.exs")).sections] == [None, 0]


def test_markdowns_code_becomes_cells() -> None:
    text = (
        "---\ntitle: 'The guide'\nother: x\n---\n\nWords.\n\n```ex\n1\n```\n\n"
        "```bash\nls\n```\n\n## Part\n\n```py\n2\n```\n"
    )
    notebook = parse(made(text, "a.md"))

    assert notebook.name == "The guide"
    assert [it.name for it in notebook.sections] == ["Section", "Part"]
    assert [(it.language, it.source) for it in notebook.sections[0].cells] == [
        (None, "Words."),
        ("elixir", "1"),
        (None, "```bash\nls\n```"),
    ]
    assert notebook.sections[1].cells[0].language == "python"


@pytest.mark.parametrize(
    "name", ["my_first-note.md", "/some/where/my first note.md", "C:\\a\\my-first-note.md"]
)
def test_without_a_title_the_file_gives_it(name: str) -> None:
    assert made("text\n", name) == "# My first note\n\n## Section\n\ntext\n"


@pytest.mark.parametrize("text", ["", "\n", "# \n", "---\n---\n", "#\n\n#\n"])
def test_nearly_nothing_is_a_notebook_too(text: str) -> None:
    for name in ("a.md", "a.exs"):
        assert not parse(made(text, name)).failures
