"""`livebook-ls import`, and the way back by `export --to ipynb`."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from tests.support.command import run

TEXT = "# T\n\n## S\n\n```elixir\n1 + 1\n```\n"


def test_a_notebook_goes_there_and_back(tmp_path: Path) -> None:
    path = tmp_path / "a.livemd"
    path.write_text(TEXT, encoding="utf-8")
    exported = run("export", path, "--to", "ipynb", "-o", tmp_path / "b.ipynb")
    imported = run("import", tmp_path / "b.ipynb")

    assert (exported.returncode, imported.returncode) == (0, 0)
    assert imported.stdout == f"{tmp_path / 'b.livemd'}\n"
    assert (tmp_path / "b.livemd").read_text(encoding="utf-8") == TEXT
    assert run("import", tmp_path / "b.ipynb", "-o", "-").stdout == TEXT


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("text\n", encoding="utf-8")
    (tmp_path / "a.livemd").write_text("mine\n", encoding="utf-8")
    done = run("import", "a.md", cwd=tmp_path)

    assert done.returncode == 1
    assert done.stderr == "a.livemd: It exists already; name another notebook with -o.\n"
    assert (tmp_path / "a.livemd").read_text(encoding="utf-8") == "mine\n"


def test_attachments_are_written_beside_it(tmp_path: Path) -> None:
    image = {"x.png": {"image/png": base64.b64encode(b"png").decode()}}
    cell = {"cell_type": "markdown", "source": "![](attachment:x.png)", "attachments": image}
    text = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]})
    (tmp_path / "a.ipynb").write_text(text, encoding="utf-8")
    done = run("import", tmp_path / "a.ipynb")

    assert done.returncode == 0
    assert (tmp_path / "files" / "x.png").read_bytes() == b"png"
    (tmp_path / "files" / "x.png").write_bytes(b"mine")
    (tmp_path / "a.livemd").unlink()
    assert "x.png: It exists already" in run("import", tmp_path / "a.ipynb").stderr
    assert not (tmp_path / "a.livemd").exists()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.ipynb", b"{", "a.ipynb: This is no Jupyter notebook: it is not JSON."),
        ("a.txt", b"", "a.txt: Only .ipynb, .exs and .md files become notebooks."),
        ("a.md", b"\xff", "a.md: This file is not text in UTF-8."),
        ("gone.md", None, "gone.md: No such file or directory"),
    ],
)
def test_what_becomes_no_notebook_is_told(
    tmp_path: Path, name: str, content: bytes | None, told: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = run("import", name, cwd=tmp_path)

    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{told}\n")


def test_usage_of_both_is_told(tmp_path: Path) -> None:
    assert run("import", "a.md", "-o", "b.md", cwd=tmp_path).returncode == 2
    assert run("export", "a.livemd", "--to", "md", "--outputs", cwd=tmp_path).returncode == 2
