"""What may be written at a place, whatever of the format it is; in plain prose nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from livebook_ls.notebook.completion.addresses import (
    Neighbours,
    address_proposals,
    begun_address,
)
from livebook_ls.notebook.completion.blocks import block_proposals
from livebook_ls.notebook.completion.comments import comment_proposals
from livebook_ls.notebook.completion.cursor_place import place_in
from livebook_ls.notebook.completion.fences import fence_proposals
from livebook_ls.notebook.completion.proposal import Proposals

if TYPE_CHECKING:
    from livebook_ls.notebook.linked_notebook import LinkedNotebook


# Most keys are typed in prose, of which no more need be known than its line.
_BEGUN = re.compile(r"\s*\Z|.*(?:```|~~~|<!--|\]\(|\]:)")


def propose(
    notebook: LinkedNotebook, offset: int, path: str | None, around: Neighbours
) -> Proposals | None:
    """What may follow character `offset`; None where nothing of the format is begun there.

    In a link `around` is asked, which may wait for the disk.
    """
    source = notebook.source
    if not _BEGUN.match(source.text[source.starts[source.line_at(offset)] : offset]):
        return None
    place = place_in(notebook.draft.document, notebook.draft.notebook, offset)
    fence = fence_proposals(place)
    if fence is not None or place.is_in_code:
        return fence
    comment = comment_proposals(place)
    if comment is not None:
        return comment
    begun = begun_address(place)
    if begun is not None:
        return address_proposals(place, begun, notebook, path, around)
    return block_proposals(place)
