"""What holds of any arguments of the tools: taken, or refused with a sentence."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from livebook_ls.mcp.schemas import misuse
from livebook_ls.mcp.tools.all_tools import ALL_TOOLS
from livebook_ls.mcp.tools.edit_notebook import EditArguments
from livebook_ls.mcp.tools.tool import Tool
from livebook_ls.notebook.exact_edits.edit import edited
from livebook_ls.notebook.exact_edits.handles import handled
from livebook_ls.notebook.exact_edits.refusal import EditRefusal
from tests.support.arbitrary import ANYTHING, SOUPS, TEXTS
from tests.support.examples import tried
from tests.support.random_edits import CODE, PROSE

FIELDS = sorted({name for tool in ALL_TOOLS for name in tool.arguments.model_fields})
SOURCES = st.sampled_from((*CODE, *PROSE)) | TEXTS
NEW_CELL = st.fixed_dictionaries(
    {"kind": st.sampled_from(["code", "markdown"]), "source": SOURCES},
    optional={
        "language": st.sampled_from(["elixir", "python", "erlang"]),
        "attributes": st.fixed_dictionaries(
            {}, optional={"reevaluate_automatically": st.booleans(), "output_size": st.just("wide")}
        ),
    },
)


def operations_on(handles: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Operations on parts of a notebook, with all fields that any of them may have."""
    handle = st.sampled_from(handles)
    place = st.builds(
        lambda relation, at: {relation: True if relation == "at_end" else at},
        st.sampled_from(["after", "before", "start_of", "end_of", "at_end"]),
        handle,
    )
    cells = st.lists(NEW_CELL, max_size=2)
    shapes: dict[str, dict[str, st.SearchStrategy[Any]]] = {
        "replace_source": {"cell": handle, "source": SOURCES},
        "replace_text": {"cell": handle, "old_text": SOURCES, "new_text": SOURCES},
        "insert_cells": {"place": place, "cells": cells},
        "delete_cell": {"cell": handle},
        "move_cell": {"cell": handle, "place": place},
        "set_cell": {"cell": handle, "language": st.sampled_from(["elixir", "python"])},
        "smart_to_code": {"cell": handle},
        "insert_section": {"place": place, "name": SOURCES, "cells": cells},
        "rename_section": {"section": handle, "name": SOURCES},
        "delete_section": {"section": handle, "keep_cells": st.booleans()},
        "move_section": {"section": handle, "place": place},
        "set_title": {"title": SOURCES},
    }
    made: list[st.SearchStrategy[dict[str, Any]]] = [
        st.fixed_dictionaries({"op": st.just(name), **shape}) for name, shape in shapes.items()
    ]
    return st.one_of(made)


@pytest.mark.slow
@pytest.mark.parametrize("tool", ALL_TOOLS, ids=lambda it: it.name)
@given(arguments=st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=4))
@settings(max_examples=15, deadline=None)
def test_arguments_of_any_type_are_taken_or_refused(
    tool: Tool[Any], arguments: dict[str, Any]
) -> None:
    try:
        tool.arguments.model_validate(arguments)
    except ValidationError as error:
        refusal = misuse(error)
        assert refusal.sentence.startswith("Nothing was done")


@given(SOUPS | st.just("# N\n\n## S\n\nWords.\n\n```elixir\n1 + 1\n```\n"), st.data())
@tried(60)
def test_operations_are_made_or_refused_on_any_text(text: str, data: st.DataObject) -> None:
    before = handled(text)
    handles = [it.handle for it in before.parts()] or ["setup"]
    wanted = data.draw(st.lists(operations_on([*handles, "setup", "gone"]), max_size=3))
    try:
        arguments = EditArguments.model_validate({"notebook": "n.livemd", "operations": wanted})
    except ValidationError:
        return
    with contextlib.suppress(EditRefusal):
        done = edited(before, [it.meant() for it in arguments.operations])
        # What is made is what is read again.
        assert [it.says for it in handled(done.after.text).parts()] == [
            it.says for it in done.after.parts()
        ]
