"""“Open in Livebook at this section”: which section, and where Livebook's page has it."""

from __future__ import annotations

from lsprotocol import types

from livebook_ls.lsp.features.actions import OPEN_AT_SECTION
from livebook_ls.notebook.links.section_anchors import section_anchors
from livebook_ls.notebook.model import Notebook


def anchor(notebook: Notebook, offset: int) -> str | None:
    """The fragment of the page's address for the section at `offset`; None above the first."""
    number = _section_number(notebook, offset)
    if number is None:
        return None
    return list(section_anchors(it.name for it in notebook.sections))[number]


def section_actions(
    notebook: Notebook, offset: int, uri: str, position: types.Position
) -> list[types.CodeAction]:
    """The action for the section at `offset`, where its page finds it."""
    number = _section_number(notebook, offset)
    if number is None or anchor(notebook, offset) is None:
        return []
    title = f"Open in Livebook at “{notebook.sections[number].name}”"
    place = {"uri": uri, "position": {"line": position.line, "character": position.character}}
    command = types.Command(title=title, command=OPEN_AT_SECTION, arguments=[place])
    return [types.CodeAction(title=title, command=command)]


def _section_number(notebook: Notebook, offset: int) -> int | None:
    numbers = [
        number
        for number, section in enumerate(notebook.sections)
        if section.name_span is not None and section.span.start <= offset
    ]
    return numbers[-1] if numbers else None
