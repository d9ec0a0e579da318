"""A notebook told to keep its outputs in its file, as Livebook's own switch for it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.elixir.json_encoding import to_json

if TYPE_CHECKING:
    from livebook_ls.notebook.model import JsonValue, Notebook

_KEEPS = "persist_outputs"


def keeping_outputs(notebook: Notebook, text: str) -> str:
    """`text`, which is that of `notebook`, so that Livebook keeps outputs in it.

    Without its stamp, which signs another text from then on.
    """
    if notebook.stamp is not None:
        text = text[: notebook.stamp.span.start].rstrip() + "\n"
    comment = notebook.metadata_comment
    if comment is not None:
        value = comment.value if isinstance(comment.value, dict) else {}
        start, end = comment.json_span
        return text[:start] + to_json(value | {_KEEPS: True}) + text[end:]
    kept: dict[str, JsonValue] = {_KEEPS: True}
    written = f"<!-- livebook:{to_json(kept)} -->\n\n"
    if notebook.name_span is None:
        # Above a section the comment would be the section's.
        return f"{written}# {notebook.name}\n\n{text}"
    start = text.rfind("\n", 0, notebook.name_span.start) + 1
    return text[:start] + written + text[start:]
