"""A long text that its session has already, while the sync of all the rest didn't come to an end:
what the session saves of that is no work of anybody's.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from livebook_ls.standin import Faults, Reply, StandIn
from livebook_ls.standin.editor import Editor
from tests.support.at_rest import holds, opened, until_one
from tests.support.child import Child
from tests.support.command import PROGRAM, run
from tests.support.waiting import until

PASTED = "\n".join(f"value_{it} = {it * 7}" for it in range(400))
CELLS = """\
# Note

## One

```elixir
one = 1
```

```elixir
two = 2
```
"""
TEXT = CELLS.replace("one = 1", PASTED).replace("two = 2", "two = 22") + "\n## More\n"
HALF = CELLS.replace("one = 1", PASTED)
REFUSED = Faults(reply=Reply.RESET, under="/dev/sync")


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tmp_path / "note.livemd"
    path.write_text(CELLS, encoding="utf-8")
    return path


@pytest.fixture
def in_session(livebook: StandIn, environ: dict[str, str], notebook: Path) -> Path:
    run("open", notebook, environ=environ)
    livebook.save_session(notebook)
    livebook.wait_settled()
    return notebook


def has(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.fault(
    "ourselves",
    "a command is killed",
    during="a cell has got a very different text, and the rest is yet to be synced",
    shows="in sync, with all of it",
    recovers="by the next sync",
)
@pytest.mark.parametrize("is_saved_over", [False, True])
def test_the_rest_is_synced_by_the_next_command_where_one_is_killed(
    livebook: StandIn, environ: dict[str, str], in_session: Path, *, is_saved_over: bool
) -> None:
    livebook.faults = Faults(reply=Reply.HANG, under="/dev/sync")
    in_session.write_text(TEXT, encoding="utf-8")
    with Child((*PROGRAM, "sync", str(in_session)), env=environ) as command:
        until(lambda: holds(livebook, in_session, HALF))
        command.kill()
    livebook.faults = Faults()
    if is_saved_over:
        livebook.save_session(in_session)
        assert has(in_session) == HALF
    done = run("sync", in_session, environ=environ)
    livebook.wait_settled()

    assert done.returncode == 0
    assert has(in_session) == TEXT
    assert holds(livebook, in_session, TEXT)


def test_it_is_synced_by_the_next_command_where_the_sync_was_not_answered(
    livebook: StandIn, environ: dict[str, str], in_session: Path
) -> None:
    livebook.faults = REFUSED
    in_session.write_text(TEXT, encoding="utf-8")
    assert run("sync", in_session, environ=environ).returncode == 1
    livebook.save_session(in_session)
    assert has(in_session) == HALF
    livebook.faults = Faults()
    done = run("sync", in_session, environ=environ)
    livebook.wait_settled()

    assert done.returncode == 0
    assert has(in_session) == TEXT
    assert holds(livebook, in_session, TEXT)


@pytest.mark.fault(
    "Livebook",
    "it doesn't answer a sync",
    during="a cell has got a very different text, and the session saves that over the file",
    shows="in sync, with all of it",
    recovers="by itself",
)
@pytest.mark.parametrize("faults", [REFUSED, Faults(is_off=True)], ids=["reset", "endpoints off"])
def test_an_editors_save_is_put_back(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path, faults: Faults
) -> None:
    editor = start_editor()
    uri = opened(editor, livebook, notebook)
    livebook.faults = faults
    editor.save(uri, notebook, TEXT)
    editor.wait_for_state(uri, "failed", "refused")
    livebook.save_session(notebook)
    editor.wait_for(lambda: has(notebook) == TEXT, "the save put back")
    livebook.faults = Faults()

    until_one(editor, livebook, notebook, TEXT)
    editor.wait_for_state(uri, "inSync")
