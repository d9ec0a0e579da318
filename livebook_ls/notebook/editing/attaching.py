"""A link to a file put into prose, and attachments listed in the notebook's own comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.editing import refusals
from livebook_ls.notebook.editing.outcome import Edited
from livebook_ls.notebook.editing.proof import new_harm
from livebook_ls.notebook.elixir.json_encoding import to_json
from livebook_ls.notebook.links.attachments import attachment_entry, is_listed, listed_names
from livebook_ls.notebook.links.finding import links_of
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.pieces.cutting import PieceKind, cut

if TYPE_CHECKING:
    from livebook_ls.notebook.editing.outcome import EditOutcome
    from livebook_ls.notebook.model import JsonValue, Notebook
    from livebook_ls.notebook.pieces.cutting import Pieces


def insert_link(text: str, offset: int, link: str) -> EditOutcome:
    """The text with `link` at `offset`, where Livebook reads a link there and all else as before.

    So it is refused in code, comments and headings.
    """
    before = cut(text)
    after = cut(text[:offset] + link + text[offset:])
    place = Span(offset, offset + len(link))
    is_read = any(it.span == place for it in links_of(after.draft.document))
    if not is_read or _apart_from_prose(before) != _apart_from_prose(after):
        return refusals.NOT_IN_PROSE
    if _does_harm(text, after.text):
        return refusals.NOT_IN_PROSE
    return Edited(old=text, text=after.text, selection=Span(place.end, place.end))


def list_attachment(text: str, name: str) -> str | None:
    """The text of a notebook that lists the attachment, as Livebook would write its comment.

    None where it can't: there is no title whose comment it would be, the comment says something
    that Livebook doesn't take, or another kind of file is listed under the name.
    """
    before = cut(text)
    notebook = before.draft.notebook
    if is_listed(notebook, name):
        return text
    if name in listed_names(notebook):
        return None
    span, comment = _comment(text, notebook)
    if comment is None:
        return None
    listed = comment.get("file_entries", [])
    if not isinstance(listed, list):
        return None
    entries: list[JsonValue] = sorted([*listed, dict(attachment_entry(name))], key=_name)
    said = to_json(comment | {"file_entries": entries})
    newline = before.draft.source.newline_at(0)
    new = f"<!-- livebook:{said} -->{newline * 2}" if span.start == span.end else said
    changed = text[: span.start] + new + text[span.end :]
    return changed if _only_lists(before, cut(changed), name) else None


def _name(entry: JsonValue) -> str:
    return str(entry.get("name")) if isinstance(entry, dict) else ""


def _comment(text: str, notebook: Notebook) -> tuple[Span, dict[str, JsonValue] | None]:
    """Where the comment's JSON is, or would be, and what it says."""
    if notebook.metadata_comment is not None:
        value = notebook.metadata_comment.value
        return notebook.metadata_comment.json_span, value if isinstance(value, dict) else None
    if notebook.name_span is None:
        return Span(0, 0), None
    start = max(text.rfind(it, 0, notebook.name_span.start) for it in "\r\n") + 1
    return Span(start, start), {}


def _only_lists(before: Pieces, after: Pieces, name: str) -> bool:
    """Whether nothing but the list of files is another one."""
    old, new = (
        {key: it for key, it in pieces.draft.notebook.attrs.items() if key != "file_entries"}
        for pieces in (before, after)
    )
    bodies = ([(it.kind, it.body, it.outputs) for it in pieces.all] for pieces in (before, after))
    is_same = old == new and next(bodies) == next(bodies)
    is_there = listed_names(after.draft.notebook) == {*listed_names(before.draft.notebook), name}
    return is_same and is_there and not _does_harm(before.text, after.text)


def _apart_from_prose(pieces: Pieces) -> list[tuple[PieceKind, str]]:
    return [(it.kind, it.text) for it in pieces.all if it.kind is not PieceKind.MARKDOWN]


def _does_harm(old: str, text: str) -> bool:
    """Whether something is newly wrong; a stamp fits no text but the one that it was made for."""
    return any("stamp" not in code for code in new_harm(old, text))
