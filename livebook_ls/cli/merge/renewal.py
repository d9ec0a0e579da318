"""The stamp of a merged notebook, made anew by Livebook where one runs."""

from __future__ import annotations

import os
from collections.abc import Sequence

from livebook_ls.notebook.importing.stamps import has_stamp
from livebook_ls.notebook.merging.stamping import Stamped
from livebook_ls.notebook.pieces.cutting import cut


def renewed(result: Stamped, sides: Sequence[str]) -> Stamped:
    """The result with a stamp that fits, with what the stamps of the sides hold.

    As it is where it fits, where no Livebook runs or none can read those stamps, and where
    Livebook's form of the text says less.
    """
    if not result.is_stale or "\r" in result.text:
        return result
    # A merge whose stamp fits, and git calls for every notebook, loads no HTTP client.
    import asyncio

    # The side whose stamp was taken knows most surely what it holds.
    olds = sorted(filter(has_stamp, sides), key=lambda it: result.stamp.strip() not in it)
    text = asyncio.run(_restamped(result.text, olds))
    return result if text is None else _split(text)


async def _restamped(text: str, olds: Sequence[str]) -> str | None:
    from livebook_ls.livebook.errors import LivebookError
    from livebook_ls.settings import Settings
    from livebook_ls.sync.canonical.on_request import Forms

    forms = Forms(Settings(), os.environ)
    try:
        for old in olds:
            form = await forms.restamped(text, old)
            # Livebook also gives back as it is what it finds in order but for a foreign stamp.
            if form.text is not None and form.text != text and has_stamp(form.text):
                return form.text
    except LivebookError:
        return None
    finally:
        forms.close()
    return None


def _split(text: str) -> Stamped:
    stamp = cut(text).stamp
    return Stamped(body=text.removesuffix(stamp), stamp=stamp, is_stale=False)
