"""Sees to what a sync has replaced in a joined session before anybody had seen it.

Livebook tells all who have joined of the texts that a sync took the place of, whoever made that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.version_files import VersionOrigin
from livebook_ls.sync.link import NotebookLink


class ReplacedTexts:
    """Keeps what was replaced. What a sync of ours has is brought back by `sync(link)`, too; what
    another program's has that one merges by itself, or has replaced on purpose.
    """

    def __init__(self, kept: KeptTexts, sync: Callable[[NotebookLink], None]) -> None:
        self._kept = kept
        self._sync = sync

    def notice(self, link: NotebookLink, texts: tuple[str, ...]) -> None:
        """A sync has put other texts in the place of these cells'."""
        swallowed = link.swallowed
        is_ours = swallowed.take(texts, self._kept.written_lately(link.path))
        session = (
            swallowed.replaced
            if is_ours
            else swallowed.replaced_by_others(texts, link.held, self._all_kept(link))
        )
        if session is not None:
            self._kept.keep(link.path, session.text, VersionOrigin.BROWSER)
        if is_ours:
            self._sync(link)

    def _all_kept(self, link: NotebookLink) -> Iterator[str]:
        for it in self._kept.versions(link.path):
            if (text := self._kept.text(it)) is not None:
                yield text
