from __future__ import annotations

import base64
import json
import warnings
from typing import Any

import pytest

from livebook_ls.notebook.converting.conversion import ConvertedNotebook, convert
from livebook_ls.notebook.converting.ipython import as_python
from livebook_ls.notebook.converting.jupyter_reading import read_jupyter
from livebook_ls.notebook.converting.jupyter_writing import jupyter_text
from livebook_ls.notebook.converting.pieces import Unconvertible
from livebook_ls.notebook.importing.importer import parse
from livebook_ls.notebook.model import CellType

LIVEMD = """<!-- livebook:{"default_language":"erlang","persist_outputs":true} -->

# My *notebook*

```elixir
Mix.install([:kino])
```

```pyproject.toml
[project]
dependencies = []
```

## First

Some text, 😀.

<!-- livebook:{"break_markdown":true} -->

Another cell:

<!-- livebook:{"force_markdown":true} -->

```elixir
only_shown()
```

<!-- livebook:{"continue_on_error":true} -->

```elixir
IO.puts("a\\\\n")

1
```

<!-- livebook:{"output":true} -->

```
a
```

<!-- livebook:{"output":true} -->

```
1
```

<!-- livebook:{"attrs":"e30","chunks":[[0,1],[3,1]],"kind":"Elixir.K","livebook_object":"smart_cell"} -->

```elixir
made_by_livebook()
```

```python
print(1)
```

## Second

<!-- livebook:{"branch_parent_index":0} -->

## Branch

```erlang
ok.
```
"""  # noqa: E501 — Livebook breaks no lines


def jupyter(*cells: Any, language: str = "python", **more: Any) -> bytes:
    made = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "x", "display_name": "X", "language": language}},
        "cells": [{"metadata": {}} | it for it in cells],
    }
    return json.dumps(made | more).encode()


def markdown(*lines: str, **more: Any) -> Any:
    return {"cell_type": "markdown", "source": [*lines]} | more


def code(source: str, *outputs: Any, **more: Any) -> Any:
    made = {"cell_type": "code", "source": source, "outputs": [*outputs], "execution_count": None}
    return made | more


def imported(data: bytes, *, with_outputs: bool = False) -> ConvertedNotebook:
    made = convert(data, "my_note.ipynb", with_outputs=with_outputs)
    assert isinstance(made, ConvertedNotebook)
    return made


def test_a_notebook_comes_back_whole() -> None:
    exported = jupyter_text(LIVEMD, with_outputs=True)

    assert imported(exported.encode(), with_outputs=True).text == LIVEMD


@pytest.mark.filterwarnings("ignore")
def test_what_is_written_is_valid() -> None:
    nbformat = pytest.importorskip("nbformat")
    nbformat.validate(json.loads(jupyter_text(LIVEMD, with_outputs=True)))
    made = json.loads(jupyter_text(LIVEMD, with_outputs=False))

    assert not any(it.get("outputs") for it in made["cells"])
    assert made["metadata"]["kernelspec"]["language"] == "elixir"


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.filterwarnings("ignore")
def test_old_notebooks_are_read_as_jupyters_own_library_reads_them(version: int) -> None:
    nbformat = pytest.importorskip("nbformat")
    old_code = {
        "cell_type": "code",
        "language": "python",
        "collapsed": False,
        "metadata": {},
        "prompt_number": 1,
        "input": ["a = 1", "print(a)"],
        "outputs": [
            {"output_type": "stream", "stream": "stdout", "text": ["1\n", "2\n"]},
            {"output_type": "pyout", "prompt_number": 1, "text": ["3"], "metadata": {}},
            {"output_type": "pyerr", "ename": "E", "evalue": "v", "traceback": ["t", "u"]},
        ],
    }
    cells: list[Any] = [
        {"cell_type": "markdown", "source": ["# Title\n", "\n", "text"], "metadata": {}},
        old_code,
    ]
    if version > 2:
        cells.insert(1, {"cell_type": "heading", "level": 2, "source": "Part", "metadata": {}})
    old = {
        "nbformat": version,
        "nbformat_minor": 0,
        "metadata": {"name": "n"},
        "worksheets": [{"cells": cells, "metadata": {}}],
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        new = json.dumps(nbformat.reads(json.dumps(old), as_version=4))
    read = read_jupyter(json.dumps(old).encode(), with_outputs=True)

    assert read == read_jupyter(new.encode(), with_outputs=True)


def test_headings_become_title_and_sections() -> None:
    text = imported(
        jupyter(
            markdown("# T\n", "\n", "intro"),
            markdown("## A\n", "a\n", "\n", "### deeper\n", "b"),
            code("x"),
            markdown("<h2 align=center>B</h2>\n", "\n", "c"),
        )
    ).text
    notebook = parse(text)

    assert notebook.name == "T"
    assert [it.name for it in notebook.sections] == ["Section", "A", "B"]
    assert [it.source for it in notebook.sections[1].cells] == ["a\n\n### deeper\nb", "x"]


def test_of_several_titles_sections_are_made() -> None:
    text = imported(jupyter(markdown("# A\n", "\n", "## A1\n"), markdown("# B\n", "\n", "b"))).text

    assert text == "# My note\n\n## A\n\n### A1\n\n## B\n\nb\n"


def test_python_gets_the_setup_that_it_needs() -> None:
    text = imported(jupyter(code("!pip install numpy 'x y' pandas==2.2.3\nimport numpy"))).text
    setup = parse(text).setup

    assert [it.language for it in setup] == ["elixir", "pyproject.toml"]
    assert "{:pythonx," in setup[0].source
    assert 'dependencies = [\n  "numpy",\n  "pandas==2.2.3"\n]' in setup[1].source
    assert "# !pip install" in text


def test_an_install_that_comes_first_becomes_the_setup() -> None:
    cells = (markdown("# T"), code("Mix.install([:kino])"), code("1 + 1"))
    notebook = parse(imported(jupyter(*cells, language="elixir")).text)

    assert [it.source for it in notebook.setup] == ["Mix.install([:kino])"]
    assert [it.source for it in notebook.sections[0].cells] == ["1 + 1"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("%matplotlib inline\nx = 1", "# %matplotlib inline\nx = 1"),
        ("%%time\nx = 1", "# %%time\nx = 1"),
        ("if x:\n    !ls\n    y", "if x:\n    # !ls\n    y"),
        ("len?", "# len?"),
        ("x = (a\n  % b)", "x = (a\n  % b)"),
        ("x != y", "x != y"),
    ],
)
def test_what_only_ipython_reads_becomes_a_comment(given: str, expected: str) -> None:
    assert as_python(given, []) == expected


def test_other_languages_are_shown() -> None:
    text = imported(jupyter(code("%%bash\nls"), {"cell_type": "raw", "source": "raw"})).text
    (section,) = parse(text).sections

    assert [it.type for it in section.cells] == [CellType.MARKDOWN] * 2
    assert "```bash\n%%bash\nls\n```" in text
    assert "```r\nx <- 1\n```" in imported(jupyter(code("x <- 1"), language="R")).text


def test_outputs_come_along_where_they_are_wanted() -> None:
    printed = {"output_type": "stream", "name": "stdout", "text": ["a\n", "b\n"]}
    more = {"output_type": "stream", "name": "stdout", "text": "c\n"}
    image = {"output_type": "display_data", "data": {"image/png": "AAAA"}, "metadata": {}}
    failed = {
        "output_type": "error",
        "ename": "E",
        "evalue": "v",
        "traceback": ["\x1b[31mE\x1b[0m"],
    }
    data = jupyter(code("x", printed, more, image, failed))
    (cell,) = parse(imported(data, with_outputs=True).text).sections[0].cells

    assert [it.text for it in cell.outputs] == ["a\nb\nc", "E"]
    assert "output" not in imported(data).text


def test_attached_images_become_files_that_livebook_knows() -> None:
    png = base64.b64encode(b"png").decode()
    attached = {"my image.png": {"image/png": png}}
    other = {"my image.png": {"image/png": base64.b64encode(b"other").decode()}}
    made = imported(
        jupyter(
            markdown("![a](attachment:my image.png)", attachments=attached),
            markdown("![a](attachment:my%20image.png)", attachments=other),
        )
    )

    assert made.files == {"my-image.png": b"png", "my-image-2.png": b"other"}
    assert "![a](files/my-image.png)" in made.text
    assert "![a](files/my-image-2.png)" in made.text
    assert parse(made.text).attrs["file_entries"]


@pytest.mark.parametrize(
    "source",
    ["<div>\nopen", "<!-- open", "```\nopen", "text\n\n<details>\n<summary>a</summary>\n\nb"],
)
def test_what_a_cell_leaves_open_takes_no_other_cell(source: str) -> None:
    (section,) = parse(imported(jupyter(markdown(source), code("x"), code("y"))).text).sections

    assert [it.source for it in section.cells[1:]] == ["x", "y"]
    assert "open" in section.cells[0].source or "details" in section.cells[0].source


def test_code_in_prose_stays_prose() -> None:
    source = "Look:\n\n```python\nx\n```\n\n    ```elixir\n"
    (section,) = parse(imported(jupyter(markdown(source), code("y"))).text).sections

    assert [it.type for it in section.cells] == [CellType.MARKDOWN, CellType.CODE]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"{", "it is not JSON"),
        (b"[]", "it has no nbformat"),
        (b'{"nbformat":true}', "it has no nbformat"),
        (b'{"nbformat":5}', "nbformat 5 is not known here"),
        (b"\xff", "it is not JSON"),
    ],
)
def test_what_is_no_notebook_is_told(data: bytes, says: str) -> None:
    made = convert(data, "a.ipynb", with_outputs=False)

    assert isinstance(made, Unconvertible)
    assert says in made.sentence


@pytest.mark.parametrize(
    "cells",
    [
        None,
        [1, None, {}],
        [{"cell_type": "code", "source": 1, "outputs": {}, "metadata": []}],
        [{"cell_type": "markdown", "source": "a", "attachments": {"x": 1, "y": {"z": "%"}}}],
        [{"cell_type": "code", "source": "a", "outputs": [1, {"output_type": "stream"}]}],
    ],
)
def test_nonsense_in_a_notebook_breaks_nothing(cells: Any) -> None:
    data = json.dumps({"nbformat": 4, "cells": cells}).encode()

    assert isinstance(convert(data, "a.ipynb", with_outputs=True), ConvertedNotebook)
