"""A notebook as the text that Livebook writes (`live_markdown/export.ex`)."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from livebook_ls.notebook.elixir.ansi import without_ansi
from livebook_ls.notebook.elixir.json_encoding import to_json
from livebook_ls.notebook.exporting.prose import exported_prose
from livebook_ls.notebook.exporting.rendering import fenced
from livebook_ls.notebook.importing.annotations import BREAK_MARKDOWN, OUTPUT
from livebook_ls.notebook.markdown.parser_version import RELEASED, ParserVersion
from livebook_ls.notebook.model import CellType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from livebook_ls.notebook.model import Cell, JsonValue, Notebook, Section

_GAP = "\n\n"
_FILE_KEYS = ("file_system_id", "file_system_type", "path")


def exported_text(
    notebook: Notebook,
    prose: Iterable[str],
    parser: ParserVersion = RELEASED,
    *,
    includes_outputs: bool = False,
) -> str:
    """The notebook's text without a stamp; `prose` has the source of each Markdown cell.

    Livebook reads those once more with its `parser`. Outputs are in the text where the notebook
    keeps them in its file, and where they are asked for.
    """
    is_kept = notebook.attrs.get("persist_outputs") not in (None, False)
    keeps_outputs = is_kept or includes_outputs
    coming = (exported_prose(source, parser) for source in prose)
    parts = [*map(_leading_comment, notebook.leading_comments)]
    parts += _metadata(_notebook_metadata(notebook))
    parts.append("# " + notebook.name)
    if len(notebook.setup) > 1 or any(cell.source for cell in notebook.setup):
        for cell in notebook.setup:
            parts += _code_cell(cell, keeps_outputs=False)
    for section in notebook.sections:
        parts += _section(section, coming, keeps_outputs=keeps_outputs)
    return _GAP.join(parts) + "\n"


def _leading_comment(lines: tuple[str, ...]) -> str:
    if len(lines) == 1:
        return f"<!-- {lines[0]} -->"
    return "\n".join(("<!--", "\n".join(lines), "-->"))


def _notebook_metadata(notebook: Notebook) -> dict[str, JsonValue]:
    metadata = dict(notebook.attrs)
    if not isinstance(metadata.get("hub_id", ""), str | None):
        # No hub has such a name, and Livebook forgets those that it doesn't know.
        del metadata["hub_id"]
        metadata.pop("deployment_group_id", None)
    entries = metadata.get("file_entries")
    if isinstance(entries, list):
        named = [entry for entry in entries if isinstance(entry, dict)]
        named.sort(key=lambda entry: str(entry["name"]))
        metadata["file_entries"] = [_file_entry(entry) for entry in named]
    return metadata


def _file_entry(entry: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    kept: dict[str, JsonValue] = {"type": entry["type"], "name": entry["name"]}
    file = entry.get("file")
    if entry["type"] == "file" and isinstance(file, dict):
        kept["file"] = {key: file[key] for key in _FILE_KEYS}
    if entry["type"] == "url":
        kept["url"] = entry["url"]
    return kept


def _metadata(metadata: dict[str, JsonValue]) -> list[str]:
    return [f"<!-- livebook:{to_json(metadata)} -->"] if metadata else []


def _section(section: Section, prose: Iterator[str], *, keeps_outputs: bool) -> Iterator[str]:
    if section.parent_index is not None:
        yield from _metadata({"branch_parent_index": section.parent_index})
    yield "## " + section.name
    previous: CellType | None = None
    for cell in section.cells:
        if cell.type is not CellType.MARKDOWN:
            yield from _code_cell(cell, keeps_outputs=keeps_outputs)
        else:
            if previous is CellType.MARKDOWN:
                yield f"<!-- {BREAK_MARKDOWN} -->"
            yield next(prose)
        previous = cell.type


def _code_cell(cell: Cell, *, keeps_outputs: bool) -> Iterator[str]:
    metadata = dict(cell.metadata)
    if cell.type is CellType.SMART:
        metadata |= smart_metadata(cell)
    yield from _metadata(metadata)
    yield fenced(cell.source, "elixir" if cell.type is CellType.SMART else cell.language or "")
    for output in cell.outputs:
        if keeps_outputs and output.is_kept:
            yield f"<!-- {OUTPUT} -->"
            yield fenced(without_ansi(output.text).removesuffix("\n"), "")


def smart_metadata(cell: Cell) -> dict[str, JsonValue]:
    """What the comment of a smart cell says beside its own attributes."""
    attrs = base64.b64encode(to_json(cell.attrs).encode("utf-8", "surrogatepass"))
    return {
        "livebook_object": "smart_cell",
        "kind": cell.kind,
        "attrs": attrs.decode("ascii").rstrip("="),
        "chunks": _chunks(cell),
    }


def _chunks(cell: Cell) -> JsonValue:
    """Livebook tells no chunks from an empty list of them."""
    comment = cell.metadata_comment
    given = comment.value.get("chunks") if comment and isinstance(comment.value, dict) else None
    return [] if given in ([], {}) else cell.chunks
