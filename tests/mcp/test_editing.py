"""edit_notebook and what it answers: exact, guarded, and nothing of anybody is overwritten."""

from __future__ import annotations

import asyncio
import errno
import os
from pathlib import Path
from typing import Any

import httpx
import pytest

from livebook_ls.standin.server import StandIn
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from tests.conftest import CANONICAL
from tests.support.mcp_client import Agent, use

NOBODY = "http://127.0.0.1:9"
TWO = "# Note\n\n## One\n\n```elixir\nx = 1\n```\n\n```elixir\ny = 2\n```\n"
END = {"at_end": True}
REFUSED = ("outside", "no-notebook", "no-such-notebook", "no-such-folder", "exists")


def replaced(cell: dict[str, Any], source: str) -> dict[str, Any]:
    return {"op": "replace_source", "cell": cell["cell"], "source": source}


def test_an_edit_is_in_file_and_session_when_it_is_answered(
    livebook: StandIn, notebook: Path
) -> None:
    async def scenario(agent: Agent) -> None:
        version, (cell,) = await agent.cells("note.livemd")
        done = await agent.edit("note.livemd", version, replaced(cell, "2 + 2"))
        assert (done["session"]["state"], done["session"]["holds_this_text"]) == ("inSync", True)
        assert [it["cell"] for it in done["touched"]] == [cell["cell"]]
        assert (await agent.cells("note.livemd"))[0] == done["version"]

    use(livebook.url, notebook.parent, scenario)

    session = livebook.session(notebook)
    assert session is not None
    assert session.text == notebook.read_text() == CANONICAL.replace("1 + 1", "2 + 2")


@pytest.mark.slow
def test_what_an_edit_replaces_can_be_had_back_without_a_livebook(notebook: Path) -> None:
    notebook.write_text(TWO, encoding="utf-8")

    async def scenario(agent: Agent) -> None:
        version, (_, second) = await agent.cells("note.livemd")
        await agent.edit("note.livemd", version, {"op": "delete_cell", "cell": second["cell"]})

    use(NOBODY, notebook.parent, scenario)

    assert "y = 2" not in notebook.read_text(encoding="utf-8")
    kept = KeptTexts(StateFolder(os.environ))
    assert TWO in [kept.text(it) for it in kept.versions(str(notebook))]


@pytest.mark.slow
def test_line_ends_and_mode_stay(tmp_path: Path) -> None:
    path = tmp_path / "note.livemd"
    path.write_bytes(TWO.replace("\n", "\r\n").encode())
    path.chmod(0o640)

    async def scenario(agent: Agent) -> None:
        version, (one, _) = await agent.cells("note.livemd")
        await agent.edit("note.livemd", version, replaced(one, "a\nb"))

    use(NOBODY, tmp_path, scenario)

    assert path.read_bytes() == TWO.replace("x = 1", "a\nb").replace("\n", "\r\n").encode()
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.slow
def test_what_somebody_else_changed_is_not_overwritten_but_answered(tmp_path: Path) -> None:
    path = tmp_path / "note.livemd"
    path.write_text(TWO)

    async def scenario(agent: Agent) -> None:
        version, (one, two) = await agent.cells("note.livemd")
        path.write_text(TWO.replace("x = 1", "x = 1 # mine"))
        why = await agent.refused(
            "edit_notebook",
            notebook="note.livemd",
            version=version,
            operations=[replaced(one, "3")],
        )
        assert (why["error"], why["present"]) == (
            "changed-meanwhile",
            {one["cell"]: "x = 1 # mine"},
        )
        await agent.edit("note.livemd", version, replaced(two, "y = 3"))
        await agent.edit("note.livemd", why["version"], replaced(one, "x = 2 # ours"))

    use(NOBODY, tmp_path, scenario)

    assert path.read_text() == TWO.replace("x = 1", "x = 2 # ours").replace("y = 2", "y = 3")


FIRST = "## Section\n\n```elixir\nold = 1\n```\n"
SECOND = "## Section\n\n```elixir\nprecious = 2\n```\n"
ALIKE = f"# Note\n\n{FIRST}\n{SECOND}"
SECTION_EDITS: dict[str, dict[str, Any]] = {
    "deleted": {"op": "delete_section", "keep_cells": False},
    "renamed": {"op": "rename_section", "name": "First"},
    "filled": {"op": "insert_cells", "cells": [{"kind": "code", "source": "new"}]},
}


def section_edit(edit: str, handle: str) -> dict[str, Any]:
    place = {"place": {"end_of": handle}} if edit == "filled" else {"section": handle}
    return SECTION_EDITS[edit] | place


@pytest.mark.slow
@pytest.mark.parametrize("edit", SECTION_EDITS)
def test_of_sections_of_one_name_the_one_that_was_meant_is_edited_or_none(
    tmp_path: Path, edit: str
) -> None:
    path = tmp_path / "note.livemd"
    path.write_text(ALIKE)
    without, swapped = f"# Note\n\n{SECOND}", f"# Note\n\n{SECOND}\n{FIRST}"

    async def scenario(agent: Agent) -> None:
        seen = await agent.call("read_notebook", notebook="note.livemd")
        first, _ = (it["section"] for it in seen["parts"] if "section" in it)
        path.write_text(without)
        version = seen["version"]
        operations = [section_edit(edit, first)]
        await agent.refused(
            "edit_notebook", notebook="note.livemd", version=version, operations=operations
        )
        assert path.read_text() == without
        path.write_text(ALIKE)
        # It has come back, under whatever handle.
        seen = await agent.call("read_notebook", notebook="note.livemd")
        first, _ = (it["section"] for it in seen["parts"] if "section" in it)
        path.write_text(swapped)
        await agent.edit("note.livemd", seen["version"], section_edit(edit, first))

    use(NOBODY, tmp_path, scenario)

    assert path.read_text().startswith(f"# Note\n\n{SECOND}")
    assert FIRST not in path.read_text() or edit == "filled"


@pytest.mark.slow
@pytest.mark.parametrize(
    "now",
    [
        pytest.param(TWO.replace("## One\n\n", "## One\n\nWords.\n\n"), id="a cell is new in it"),
        pytest.param(
            f"{TWO}\n## Two\n\nWords.\n".replace("## One", "## 1").replace("## Two", "## One"),
            id="another has its name",
        ),
    ],
)
def test_no_cell_is_deleted_with_a_section_that_was_not_read_in_it(
    tmp_path: Path, now: str
) -> None:
    path = tmp_path / "note.livemd"
    path.write_text(f"{TWO}\n## Two\n\nWords.\n")

    async def scenario(agent: Agent) -> None:
        seen = await agent.call("read_notebook", notebook="note.livemd")
        one = next(it["section"] for it in seen["parts"] if it.get("name") == "One")
        path.write_text(now)
        await agent.refused(
            "edit_notebook",
            notebook="note.livemd",
            version=seen["version"],
            operations=[section_edit("deleted", one)],
        )

    use(NOBODY, tmp_path, scenario)

    assert path.read_text() == now


@pytest.mark.slow
def test_a_passage_is_changed_beside_what_somebody_else_wrote(tmp_path: Path) -> None:
    path = tmp_path / "note.livemd"
    path.write_text(TWO)

    async def scenario(agent: Agent) -> None:
        version, (one, _) = await agent.cells("note.livemd")
        path.write_text(TWO.replace("x = 1", "x = 1 # mine"))
        passage = {"op": "replace_text", "cell": one["cell"], "old_text": "1", "new_text": "5"}
        await agent.edit("note.livemd", version, passage)
        why = await agent.refused(
            "edit_notebook", notebook="note.livemd", version=version, operations=[passage]
        )
        assert (why["error"], why["present"]) == ("no-match", {one["cell"]: "x = 5 # mine"})

    use(NOBODY, tmp_path, scenario)

    assert path.read_text() == TWO.replace("x = 1", "x = 5 # mine")


@pytest.mark.slow
def test_an_edit_needs_a_version_that_was_read(tmp_path: Path) -> None:
    (tmp_path / "note.livemd").write_text(TWO)

    async def scenario(agent: Agent) -> None:
        _, (one, _) = await agent.cells("note.livemd")
        edit = {"notebook": "note.livemd", "operations": [replaced(one, "3")]}
        assert (await agent.refused("edit_notebook", **edit))["error"] == "no-version"
        why = await agent.refused("edit_notebook", **edit, version="0123456789ab")
        assert why["error"] == "unknown-version"

    use(NOBODY, tmp_path, scenario)

    assert (tmp_path / "note.livemd").read_text() == TWO


@pytest.mark.slow
def test_a_session_keeps_its_notebook_attributes(livebook: StandIn, notebook: Path) -> None:
    operation = {"op": "set_notebook", "attributes": {"persist_outputs": True}}

    async def scenario(agent: Agent) -> None:
        version, _ = await agent.cells("note.livemd")
        why = await agent.refused(
            "edit_notebook", notebook="note.livemd", version=version, operations=[operation]
        )
        assert (why["error"], "close the session" in why["message"]) == (
            "session-keeps-attributes",
            True,
        )

    use(livebook.url, notebook.parent, scenario)

    assert notebook.read_text() == CANONICAL

    async def without_session(agent: Agent) -> None:
        version, _ = await agent.cells("note.livemd")
        await agent.edit("note.livemd", version, operation)

    use(NOBODY, notebook.parent, without_session)

    assert notebook.read_text() == f'<!-- livebook:{{"persist_outputs":true}} -->\n\n{CANONICAL}'


def test_a_new_notebook_is_written_whole_and_never_over_another(
    livebook: StandIn, notebook: Path
) -> None:
    cells = [{"kind": "code", "source": "x = 1"}]
    new = {
        "create_with_title": "New",
        "operations": [{"op": "insert_section", "place": END, "name": "One", "cells": cells}],
    }

    async def scenario(agent: Agent) -> None:
        done = await agent.call("edit_notebook", notebook="new.livemd", **new)
        assert done["session"]["holds_this_text"]
        why = await agent.refused("edit_notebook", notebook="note.livemd", **new)
        assert why["error"] == "exists"
        why = await agent.refused("edit_notebook", notebook="none/new.livemd", **new)
        assert why["error"] == "no-such-folder"

    use(livebook.url, notebook.parent, scenario)

    text = "# New\n\n## One\n\n```elixir\nx = 1\n```\n"
    assert (notebook.parent / "new.livemd").read_text() == text
    assert notebook.read_text() == CANONICAL


def test_nothing_outside_of_the_folder_is_reached(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    for it in (tmp_path / "other.livemd", tmp_path / "note.livemd"):
        it.write_text(TWO)
    (folder / "out.livemd").symlink_to(tmp_path / "other.livemd")
    (folder / "folder").symlink_to(tmp_path)
    (folder / "circle.livemd").symlink_to(folder / "circle.livemd")
    os.mkfifo(folder / "pipe.livemd")

    async def scenario(agent: Agent) -> None:
        for named in (
            *("../other.livemd", "/etc/passwd", "out.livemd", "folder/note.livemd", "note.txt"),
            *("note.livemd\0", "", ".", "~/note.livemd", "x" * 5000 + ".livemd", "pipe.livemd"),
            "circle.livemd",
        ):
            why = await agent.refused("read_notebook", notebook=named)
            assert why["error"] in REFUSED, named
            title = {"op": "set_title", "title": "New"}
            why = await agent.refused(
                "edit_notebook", notebook=named, create_with_title="New", operations=[title]
            )
            assert why["error"] in REFUSED, named
        assert (await agent.call("list_notebooks"))["notebooks"] == []

    use(NOBODY, folder, scenario)

    assert (tmp_path / "other.livemd").read_text() == TWO


@pytest.mark.slow
def test_arguments_of_another_form_do_nothing(tmp_path: Path) -> None:
    (tmp_path / "note.livemd").write_text(TWO)
    wrong: tuple[Any, ...] = (
        {"op": "run"},
        {"op": "delete_cell"},
        {"op": "delete_cell", "cell": 1},
        {"op": "delete_cell", "cell": "c", "also": True},
        {"op": "move_cell", "cell": "c", "place": {}},
        {"op": "move_cell", "cell": "c", "place": {"after": "a", "before": "b"}},
        {"op": "insert_cells", "place": END, "cells": []},
        {"op": "set_notebook", "attributes": {"autosave_interval_s": 1e300}},
        {"op": "set_notebook", "attributes": {"hub_id": "x"}},
        None,
        "delete",
    )

    async def scenario(agent: Agent) -> None:
        version, _ = await agent.cells("note.livemd")
        for operation in wrong:
            why = await agent.refused(
                "edit_notebook", notebook="note.livemd", version=version, operations=[operation]
            )
            assert (why["error"], "operations.0" in why["message"]) == ("bad-arguments", True)

    use(NOBODY, tmp_path, scenario)

    assert (tmp_path / "note.livemd").read_text() == TWO


@pytest.mark.slow
def test_ten_megabytes_are_no_cell(tmp_path: Path) -> None:
    (tmp_path / "note.livemd").write_text(TWO)

    async def scenario(agent: Agent) -> None:
        version, (one, _) = await agent.cells("note.livemd")
        why = await agent.refused(
            "edit_notebook",
            notebook="note.livemd",
            version=version,
            operations=[replaced(one, "x" * 10_000_000)],
        )
        assert why["error"] == "too-large"
        assert len(str(why)) < 2000

    use(NOBODY, tmp_path, scenario)


@pytest.mark.slow
def test_two_agents_at_once_both_get_their_edits_in(livebook: StandIn, tmp_path: Path) -> None:
    path = tmp_path / "note.livemd"
    path.write_text(TWO)

    async def scenario(agent: Agent) -> None:
        version, (one, two) = await agent.cells("note.livemd")
        await asyncio.gather(
            agent.edit("note.livemd", version, replaced(one, "x = 10")),
            agent.edit("note.livemd", version, replaced(two, "y = 20")),
        )

    use(livebook.url, tmp_path, scenario)

    livebook.wait_settled()
    assert path.read_text() == TWO.replace("x = 1", "x = 10").replace("y = 2", "y = 20")
    session = livebook.session(path)
    assert session is not None
    assert session.text == path.read_text()


def test_check_mends_and_formats(livebook: StandIn, tmp_path: Path) -> None:
    path = tmp_path / "note.livemd"
    path.write_text("# Note\n\n## One\n\n- a\n- [b][c]\n\n[c]: https://example.com\n")

    async def scenario(agent: Agent) -> None:
        found = await agent.call("check_notebook", notebook="note.livemd")
        assert "link-definition" in [it["code"] for it in found["findings"]]
        done = await agent.call("check_notebook", notebook="note.livemd", fix=True, format=True)
        assert len(done["changed"]) == 2
        assert [it for it in done["findings"] if it["severity"] != "hint"] == []

    use(livebook.url, tmp_path, scenario)

    assert path.read_text() == "# Note\n\n## One\n\n* a\n* [b](https://example.com)\n"


@pytest.mark.slow
@pytest.mark.parametrize("heading", ["## ", "##  "], ids=["in Livebook's form", "in another"])
def test_an_edit_replaces_nothing_of_a_session_that_people_opened_themselves(
    livebook: StandIn, notebook: Path, heading: str
) -> None:
    notebook.write_text(CANONICAL.replace("## ", heading))
    httpx.post(f"{livebook.url}/dev/open", json={"file": str(notebook)}, timeout=30.0)
    session = livebook.session(notebook)
    assert session is not None
    livebook.edit_session(notebook, session.text.replace("1 + 1", "1 + 1\n# typed"))

    async def scenario(agent: Agent) -> None:
        version, (cell,) = await agent.cells("note.livemd")
        done = await agent.edit("note.livemd", version, replaced(cell, "2 + 2"))
        assert (done["session"]["state"], done["session"]["holds_this_text"]) == ("held", False)
        assert [it["code"] for it in done["findings"]] == ["browser-conflict"]

    use(livebook.url, notebook.parent, scenario)

    session = livebook.session(notebook)
    assert session is not None
    assert "# typed" in session.text
    assert "2 + 2" in notebook.read_text()


def full(_: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.fault(
    "files",
    "the disk is full",
    during="an agent's edit by `livebook-ls mcp`",
    shows="the agent why the notebook could not be written; it is as it was",
    recovers="the edit again, once there is room",
)
def test_an_edit_for_which_there_is_no_room_says_why(
    notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook.write_text(CANONICAL + "\n```elixir\n1\n")
    before = notebook.read_text()

    async def scenario(agent: Agent) -> None:
        version, cells = await agent.cells("note.livemd")
        edit = {"notebook": "note.livemd", "version": version}
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            told = [
                await agent.refused("edit_notebook", **edit, operations=[replaced(cells[0], "2")]),
                await agent.refused("check_notebook", notebook="note.livemd", fix=True),
            ]
        assert [it["error"] for it in told] == ["not-written", "not-written"]
        assert ["no space left on device" in it["message"] for it in told] == [True, True]
        assert notebook_file.read(str(notebook)).text == before
        await agent.edit("note.livemd", version, replaced(cells[0], "2 + 2"))

    use(NOBODY, notebook.parent, scenario)

    assert "2 + 2" in notebook.read_text()


@pytest.mark.slow
def test_a_new_notebook_for_which_there_is_no_room_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(agent: Agent) -> None:
        new = {"notebook": "new.livemd", "create_with_title": "New", "operations": []}
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            why = await agent.refused("edit_notebook", **new)
        assert why["error"] == "not-written"
        assert os.listdir(tmp_path) == []  # noqa: PTH208 — of no event loop's making
        await agent.call("edit_notebook", **new)

    use(NOBODY, tmp_path, scenario)

    assert (tmp_path / "new.livemd").stat().st_mode & 0o111 == 0
