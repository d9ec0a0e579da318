"""What only Livebook itself can say of a text that it has not been sent: nothing is opened."""

from __future__ import annotations

from dataclasses import dataclass

from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.livebook_calls import Talk


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether the text's stamp is valid, or it has none, and whether Livebook would write it so.

    Of a text whose stamp is not valid, Livebook does not say how it would write it.
    """

    is_stamp_valid: bool
    is_canonical: bool | None


async def verify(talk: Talk, link: NotebookLink, reading: NotebookText) -> Verified:
    """Ask Livebook about a text that it can read. Raises its errors (`livebook.errors`)."""
    # With a valid stamp the text would come back as it is.
    form = await talk.restamp(
        link, reading.text, reading.body if reading.has_stamp else reading.text
    )
    if form is None:
        return Verified(is_stamp_valid=False, is_canonical=None)
    written = await talk.think(lambda: NotebookText(form).body)
    return Verified(is_stamp_valid=True, is_canonical=written == reading.body)
