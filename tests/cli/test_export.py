"""`livebook-ls export`: scripts and Markdown from notebooks."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from livebook_ls.notebook.extracts import elixir_script, plain_markdown, python_script
from tests.support.command import run

TEXT = '''<!-- livebook:{"persist_outputs":true} -->

# My notebook

```elixir
Mix.install([:kino])
```

```pyproject.toml
[project]
dependencies = []
```

## First

Some *text* with “quotes”.

```elixir
IO.puts("""
# not a heading
""")
```

<!-- livebook:{"output":true} -->

```
:ok
```

<!-- livebook:{"break_markdown":true} -->

A second cell:

<!-- livebook:{"force_markdown":true} -->

```elixir
only_shown()
```

<!-- livebook:{"attrs":"e30","chunks":null,"kind":"K","livebook_object":"smart_cell"} -->

```elixir
made_by_livebook()
```

```python
if True:
    print("py")
```

<!-- livebook:{"branch_parent_index":0} -->

## Side

```elixir
beside()
```

<!-- livebook:{"offset":999,"stamp":{"token":"t","version":2}} -->
'''
EXS = '''# My notebook

Mix.install([:kino])

# pyproject.toml:
# [project]
# dependencies = []

# --- First ---

# Some *text* with “quotes”.

IO.puts("""
# not a heading
""")

# A second cell:
#
# ```elixir
# only_shown()
# ```

made_by_livebook()

# python:
# if True:
#     print("py")

# --- Side (branches off First) ---

# beside()
'''
MD = '''# My notebook

```elixir
Mix.install([:kino])
```

```pyproject.toml
[project]
dependencies = []
```

## First

Some *text* with “quotes”.

```elixir
IO.puts("""
# not a heading
""")
```

A second cell:

```elixir
only_shown()
```

```elixir
made_by_livebook()
```

```python
if True:
    print("py")
```

## Side

```elixir
beside()
```
'''


def test_an_elixir_script_has_all_else_as_comments() -> None:
    assert elixir_script(TEXT) == EXS


def test_a_python_script_is_python() -> None:
    script = python_script(TEXT)

    assert script is not None
    assert [type(it).__name__ for it in ast.parse(script).body] == ["If"]
    assert '\nif True:\n    print("py")\n' in script
    assert "# beside()" in script


def test_markdown_has_nothing_of_livebooks() -> None:
    assert plain_markdown(TEXT) == MD
    assert plain_markdown(TEXT.replace("\n", "\r\n")) == MD


def test_links_lead_where_they_led() -> None:
    text = (
        "# T\n\n[t]: /t\n\n## S\n\n[a] and [b].\n\n[a]: /a\n[b]: /b 'B'\n\n```elixir\n1\n```\n\n"
        "[c]\n\n[c]: /c\n\nmore\n\n## U\n\nEnd [t].\n\n[z]: <http://x.y>\n"
    )

    assert plain_markdown(text) == text
    assert plain_markdown(text.replace("\n", "\r\n")) == text


def test_code_with_fences_in_it_stays_one_block() -> None:
    text = "# T\n\n````elixir\n```\n````\n"

    assert plain_markdown(text) == text


def test_without_cells_of_the_language_there_is_no_script() -> None:
    assert python_script("# T\n\n## S\n\nOnly words.\n") is None
    assert elixir_script("# T\n\n## S\n\n```erlang\nok.\n```\n") is None


def test_it_is_written_where_that_is_asked_for(tmp_path: Path) -> None:
    path, out = tmp_path / "a.livemd", tmp_path / "a.exs"
    path.write_text(TEXT, encoding="utf-8")
    told = run("export", path, "--to", "exs")
    done = run("export", path, "--to", "exs", "-o", out)

    assert (told.returncode, told.stdout) == (0, EXS)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert out.read_text(encoding="utf-8") == EXS


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.livemd", b"\xe9", "a.livemd: Line 1: This file is not UTF-8"),
        ("a.livemd", b"# T\n\n<!-- livebook:{ -->\n", "a.livemd: Line 3: This comment"),
        ("a.livemd", b"# T\n", "a.livemd: There are no Python cells in this notebook."),
        ("a.md", b"# T\n", "a.md: This is not a .livemd notebook."),
        ("gone.livemd", None, "gone.livemd: No such file or directory"),
        ("folder.livemd", None, "folder.livemd: Is a directory"),
    ],
)
def test_what_can_not_be_exported_is_told(
    tmp_path: Path, name: str, content: bytes | None, told: str
) -> None:
    (tmp_path / "folder.livemd").mkdir()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = run("export", name, "--to", "py", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(told)


def test_the_notebook_itself_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "a.livemd"
    path.write_text(TEXT, encoding="utf-8")
    done = run("export", path, "--to", "md", "-o", tmp_path / "." / "a.livemd")

    assert done.returncode == 1
    assert "write over the notebook itself" in done.stderr
    assert path.read_text(encoding="utf-8") == TEXT


def test_usage_is_told() -> None:
    assert run("export", "a.livemd").returncode == 2
    assert run("export", "a.livemd", "--to", "pdf").returncode == 2
