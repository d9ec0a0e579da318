"""A cell that gets a very different text gets it without Livebook comparing both, which takes that
time and memory by the square of what differs.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from livebook_ls.livebook.live.cells import (
    LiveCell,
    LiveCellType,
    LiveNotebook,
    RuntimeStatus,
)
from livebook_ls.notebook.syncing.long_updates import LongUpdate
from livebook_ls.standin import Faults, Reply, StandIn
from livebook_ls.standin.editor import Editor
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.in_session.long_updates import updated_cell
from tests.support.at_rest import opened, until_one
from tests.support.command import run

PASTED = "\n".join(f"value_{it} = {it * 7}" for it in range(400))
# So many it may compare.
MOST = 1_000
BASE = """\
# Note

```elixir
setup = 1
```

## One

Some prose.

```elixir
one = 1
```

```elixir
two = 2
```
"""


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tmp_path / "note.livemd"
    path.write_text(BASE, encoding="utf-8")
    return path


@pytest.mark.parametrize("old", ["one = 1", "setup = 1", "Some prose."])
def test_an_editors_save_arrives(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path, old: str
) -> None:
    editor = start_editor()
    uri = opened(editor, livebook, notebook)
    text = BASE.replace(old, PASTED).replace("two = 2", "two = 22")
    editor.save(uri, notebook, text)

    until_one(editor, livebook, notebook, text)
    editor.wait_for_state(uri, "inSync")
    assert livebook.most_compared(notebook) < MOST


@pytest.mark.parametrize("before", ["one = 1", "two = 2"])
def test_a_commands_sync_arrives(
    livebook: StandIn, environ: dict[str, str], notebook: Path, before: str
) -> None:
    # The cells say the same, and only their places tell them apart.
    twins = BASE.replace("two = 2", "one = 1")
    notebook.write_text(twins, encoding="utf-8")
    run("open", notebook, environ=environ)
    livebook.wait_settled()
    head, tail = twins.split("one = 1", 1) if before == "one = 1" else twins.rsplit("one = 1", 1)
    text = f"{head}{PASTED}{tail}"
    notebook.write_text(text, encoding="utf-8")
    done = run("sync", notebook, environ=environ)
    livebook.wait_settled()
    held = livebook.session(notebook)

    assert (done.returncode, done.stderr) == (0, "")
    assert held is not None
    assert held.text == text
    assert livebook.most_compared(notebook) < MOST


def test_what_was_evaluated_stays(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    editor = start_editor()
    uri = opened(editor, livebook, notebook)
    editor.command("livebook.runAll", {"uri": uri})
    text = BASE.replace("one = 1", PASTED)
    editor.save(uri, notebook, text)
    until_one(editor, livebook, notebook, text)
    live = livebook.live(notebook)

    assert live is not None
    assert live.with_outputs(text).count('"output":true') == 2


@pytest.mark.parametrize("is_joined", [True, False], ids=["editor", "command"])
def test_several_in_cells_that_said_the_same_arrive(
    start_editor: Callable[..., Editor],
    livebook: StandIn,
    environ: dict[str, str],
    notebook: Path,
    is_joined: bool,
) -> None:
    cells = "\n\n".join(f"```elixir\n{it}\n```" for it in ("x", "x", "y", "x"))
    before = f"# Note\n\n## One\n\n{cells}\n"
    notebook.write_text(before, encoding="utf-8")
    head, one, two, three = before.replace("y", "y2").split("\nx\n")
    text = f"\n{PASTED}\n".join((head, one, f"{two}\n{PASTED[:2000]}\n{three}"))
    if is_joined:
        editor = start_editor()
        uri = opened(editor, livebook, notebook)
        editor.save(uri, notebook, text)
        until_one(editor, livebook, notebook, text)
    else:
        run("open", notebook, environ=environ)
        livebook.wait_settled()
        notebook.write_text(text, encoding="utf-8")
        assert run("sync", notebook, environ=environ).returncode == 0
        livebook.wait_settled()

    assert notebook.read_text(encoding="utf-8") == text
    assert livebook.most_compared(notebook) < MOST


@pytest.mark.parametrize("is_swapped", [True, False])
def test_one_by_two_steps_arrives(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path, is_swapped: bool
) -> None:
    editor = start_editor(settings={"twoStepSync": "auto"})
    one, two = "## One\n\n```elixir\none = 1\n```", "## Two\n\n```elixir\ntwo = 2\n```"
    notebook.write_text(f"# Note\n\n{one}\n\n{two}\n", encoding="utf-8")
    uri = opened(editor, livebook, notebook)
    parts = (two, one) if is_swapped else ("## Before", one, two)
    text = "\n\n".join(("# Note", *parts)).replace("one = 1", PASTED) + "\n"
    editor.save(uri, notebook, text)

    until_one(editor, livebook, notebook, text)
    assert livebook.most_compared(notebook) < MOST


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ((("a", "one"), ("b", "two"), ("c", "one")), "c"),
        ((("c", "one"), ("b", "two")), "c"),
        ((("b", "two"), ("c", "one"), ("a", "one")), None),
        ((("b", "two"),), None),
    ],
    ids=["in its place", "the only one", "one of two somewhere", "gone"],
)
def test_the_cell_that_is_meant(cells: tuple[tuple[str, str], ...], found: str | None) -> None:
    fenced = "\n\n".join(f"```elixir\n{it}\n```" for it in ("one", "two", "one"))
    held = NotebookText(f"# N\n\n## S\n\n{fenced}\n")
    live = LiveNotebook(
        cells=tuple(LiveCell(id=it, type=LiveCellType.CODE, source=text) for it, text in cells),
        sections=(),
        runtime=RuntimeStatus.DISCONNECTED,
        is_complete=True,
    )
    update = LongUpdate("one", PASTED, place=2, is_setup=False, edits=9_000)

    assert updated_cell(live, held, update) == found


@pytest.mark.fault(
    "Livebook",
    "its session can't be joined",
    during="a save that gives a cell a very different text",
    sees="too_long_to_compare",
    recovers="by closing the session, or by **Sync anyway**",
)
@pytest.mark.parametrize(
    "faults",
    [Faults(is_join_stale=True), Faults(reply=Reply.ERROR_500, under="/sessions")],
    ids=["not let in", "not shown"],
)
def test_what_it_would_have_to_compare_is_held(
    livebook: StandIn, environ: dict[str, str], notebook: Path, faults: Faults
) -> None:
    run("open", notebook, environ=environ)
    livebook.wait_settled()
    livebook.faults = faults
    long, short = BASE.replace("one = 1", PASTED), BASE.replace("one = 1", PASTED[:1500])
    notebook.write_text(long, encoding="utf-8")
    held = run("sync", notebook, environ=environ)
    session = livebook.session(notebook)

    assert held.returncode == 1
    assert "Livebook would compare them one by one" in held.stderr
    assert session is not None
    assert session.text == BASE
    assert notebook.read_text(encoding="utf-8") == long

    notebook.write_text(short, encoding="utf-8")
    assert run("sync", notebook, environ=environ).returncode == 0
    notebook.write_text(long, encoding="utf-8")
    assert run("sync", "--anyway", notebook, environ=environ).returncode == 0
    livebook.wait_settled()
    session = livebook.session(notebook)

    assert session is not None
    assert session.text == long
