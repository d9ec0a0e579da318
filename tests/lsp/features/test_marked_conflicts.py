"""Git's conflict markers are settled by a choice at the place."""

from __future__ import annotations

import pytest
from lsprotocol import types

from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.lsp.features.fixes.marked_conflicts import marker_actions
from livebook_ls.notebook.source import Source, Unit
from livebook_ls.standin.text_edits import apply_edits

ONE = "# N\n\n## S\n\n```elixir\n<<<<<<< HEAD\n1\n||||||| base\n0\n=======\n2\n>>>>>>> topic\n```\n"
TWO = ONE + "\n<<<<<<< HEAD\nmine\n=======\ntheirs\n>>>>>>> topic\n"


def settled(text: str, line: int) -> dict[str, str]:
    """What the text becomes by each of the actions at a line, by their titles."""
    document = Document("file:///n.livemd", "/n.livemd", 1, Source(text))
    place = types.Range(types.Position(line, 0), types.Position(line, 0))
    context = types.CodeActionContext(diagnostics=[])
    found = {}
    for action in marker_actions(document, place, context, Unit.UTF16):
        assert action.edit is not None
        assert action.edit.changes is not None
        edits = [
            {
                "range": {
                    "start": {"line": it.range.start.line, "character": it.range.start.character},
                    "end": {"line": it.range.end.line, "character": it.range.end.character},
                },
                "newText": it.new_text,
            }
            for it in action.edit.changes[document.uri]
        ]
        found[action.title] = apply_edits(text, edits)
    return found


def cell(code: str) -> str:
    return f"# N\n\n## S\n\n```elixir\n{code}```\n"


def test_one_side_or_both_stand_where_the_markers_stood() -> None:
    assert settled(ONE, 6) == {
        "Take mine": cell("1\n"),
        "Take theirs": cell("2\n"),
        "Take both": cell("1\n2\n"),
    }


def test_several_conflicts_are_settled_alike() -> None:
    assert settled(TWO, 6)["Take theirs everywhere"] == cell("2\n") + "\ntheirs\n"


@pytest.mark.parametrize("line", [0, 4])
def test_nothing_is_offered_elsewhere(line: int) -> None:
    assert settled(TWO, line) == {}


@pytest.mark.parametrize(
    "text",
    [
        "# N\n\n<<<<<<< HEAD\n1\n=======\n2\n",
        "# N\n\n<<<<<<< a\n1\n<<<<<<< b\n2\n=======\n3\n>>>>>>> b\n=======\n4\n>>>>>>> a\n",
    ],
)
def test_broken_markers_are_left_alone(text: str) -> None:
    assert settled(text, 3) == {}
