"""Random edits, saves and changes by others: without a conflict, all three sides end up equal."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from livebook_ls.standin.text_edits import apply_edits
from tests.support.at_rest import holds, opened, until_one, until_written_back

# More of them by hand: LIVEBOOK_LS_SEQUENCES=1000.
SEQUENCES = int(os.environ.get("LIVEBOOK_LS_SEQUENCES", "6"))
WORDS = ("alpha", "beta", "gamma", "漢字", "émoji 🎉", "delta")


def start() -> list[list[str]]:
    return [["Section", "```elixir\n1 + 1\n```", "some words"]]


def text_of(sections: list[list[str]]) -> str:
    parts = ["# Note"]
    for name, *cells in sections:
        parts += [f"## {name}", *cells]
    return "\n\n".join(parts) + "\n"


def edit(sections: list[list[str]], chance: random.Random) -> None:
    """One edit of the kind that a sync brings whole."""
    section = chance.choice(sections)
    kind = chance.choice(("code", "words", "section", "change", "remove"))
    if kind == "code":
        section.append(f"```elixir\nIO.puts({chance.randrange(10_000)})\n```")
    elif kind == "words" and not section[-1].startswith("words"):
        section.append(f"words {chance.choice(WORDS)} {chance.randrange(10_000)}")
        section.append(f"```elixir\n{chance.randrange(10_000)}\n```")
    elif kind == "section":
        sections.append([f"Section {chance.randrange(10_000)}", "```elixir\n:new\n```"])
    elif kind == "change" and len(section) > 1:
        section[1] = f"```elixir\nchanged({chance.randrange(10_000)})\n```"
    elif kind == "remove" and len(section) > 2:
        section.pop()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_without_a_conflict_all_sides_end_equal(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 — a test's dice
    sections = start()
    notebook.write_text(text_of(sections), encoding="utf-8")
    editor = start_editor()
    uri = opened(editor, livebook, notebook)
    saved_ns = notebook.stat().st_mtime_ns
    for _ in range(chance.randrange(3, 9)):
        edit(sections, chance)
        text = text_of(sections)
        if chance.random() < 0.25:
            # Another program writes when nothing is under way, and the editor reloads.
            until_written_back(editor, livebook, notebook, saved_ns)
            told = len(editor.statuses[uri])
            replace(notebook, text)
            editor.change(uri, text)
            editor.wait_for(partial(holds, livebook, notebook, text), "the other's change")
            editor.wait_for(partial(is_in_sync_again, editor, uri, told), "the other's change told")
            livebook.wait_settled()
            saved_ns = notebook.stat().st_mtime_ns
        else:
            editor.change(uri, text)
            params = {"textDocument": {"uri": uri}, "reason": 1}
            edits = editor.request("textDocument/willSaveWaitUntil", params) or []
            saved_ns = editor.save(uri, notebook, apply_edits(text, edits))
            saved = editor.texts[uri]
            editor.wait_for(partial(holds, livebook, notebook, saved), "the save")
            # The next step comes at once, after Livebook's write-back, or when all is at rest.
            pause = chance.choice(("none", "write-back", "rest"))
            if pause == "write-back":
                livebook.wait_settled()
            elif pause == "rest":
                until_written_back(editor, livebook, notebook, saved_ns)
    until_one(editor, livebook, notebook, editor.texts[uri])
    editor.wait_for_state(uri, "inSync")
    editor.wait_for(lambda: editor.diagnostics.get(uri, []) == [], "no diagnostic")


# What a half-done edit leaves behind, each with the finding that names it, in the next line.
CONFLICTS = {
    "invalid-json": '\n<!-- livebook:{"branch_parent_index":} -->\n\n## Half typed\n',
    "merge-conflict": "\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> other\n",
    "unclosed-fence": "\n```elixir\nnever closed\n\n## Swallowed\n",
    "link-definition": "\n[name]: https://example.org\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_a_planted_conflict_is_held_named_and_gone_once_mended(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 — a test's dice
    sections = start()
    for _ in range(chance.randrange(4)):
        edit(sections, chance)
    good = text_of(sections)
    notebook.write_text(good, encoding="utf-8")
    editor = start_editor()
    uri = opened(editor, livebook, notebook)
    code, planted = chance.choice(list(CONFLICTS.items()))
    editor.save(uri, notebook, good + planted)
    editor.wait_for_state(uri, "held")
    told = {
        it["range"]["start"]["line"]: it["code"]
        for it in editor.diagnostics[uri]
        if it["severity"] == 1
    }

    assert told[good.count("\n") + 1] == code
    assert holds(livebook, notebook, good)
    assert notebook.read_text(encoding="utf-8") == good + planted

    edit(sections, chance)
    mended = text_of(sections)
    editor.save(uri, notebook, mended)
    editor.wait_for(partial(holds, livebook, notebook, mended), "the mended notebook")
    editor.wait_for_state(uri, "inSync")

    assert editor.diagnostics[uri] == []


def replace(path: Path, text: str) -> None:
    """Write as git and sed do: another file in its place."""
    beside = path.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def is_in_sync_again(editor: Editor, uri: str, told: int) -> bool:
    """Whether a sync was told as under way and as arrived since the first `told` statuses."""
    states = [it["state"] for it in editor.statuses[uri][told:]]
    return "syncing" in states and states[-1] in ("inSync", "reformatted")
