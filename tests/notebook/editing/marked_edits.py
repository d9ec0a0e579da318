"""Commands tried on texts with `$0` for the cursor, answered in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.editing.outcome import Refusal
from livebook_ls.notebook.exporting.canonical import canonical
from livebook_ls.notebook.hazard import QuickFix, apply_fix
from tests.support.marks import cut

if TYPE_CHECKING:
    from collections.abc import Callable

    from livebook_ls.notebook.editing.outcome import EditOutcome


def tried(command: Callable[[str, int], EditOutcome], text: str) -> str:
    """The text after a command, with `$0` or `«…»` in it; or the sentence that refuses it."""
    marked = cut(text)
    assert marked.cursor is not None
    outcome = command(marked.text, marked.cursor)
    if isinstance(outcome, Refusal):
        return outcome.sentence
    assert apply_fix(marked.text, QuickFix("", outcome.replacements)) == outcome.text
    start, end = outcome.selection
    new = outcome.text
    if start == end:
        return f"{new[:start]}$0{new[start:]}"
    return f"{new[:start]}«{new[start:end]}»{new[end:]}"


def tried_in_form(command: Callable[[str, int], EditOutcome], text: str) -> str:
    """The same for a text in Livebook's form, which must be left in that form."""
    after = tried(command, text)
    plain = after.replace("$0", "").replace("«", "").replace("»", "")
    assert canonical(cut(text).text) == cut(text).text
    assert canonical(plain) == plain
    return after
