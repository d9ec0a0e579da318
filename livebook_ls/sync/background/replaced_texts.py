"""Sees to what a sync has replaced in a joined session before anybody had seen it.

Livebook tells all who have joined of the texts that a sync took the place of, whoever made that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from livebook_ls.livebook.live.events import (
    ConnectionBack,
    LiveEvent,
    ReplacedText,
    TextsReplaced,
)
from livebook_ls.sync.exchange import overwritten_save
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.version_files import VersionOrigin
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.telling import merge_findings


class ReplacedTexts:
    """Keeps what was replaced, and tells where nobody has seen it. What a sync of ours has is
    brought back by `sync(link)`, too; what another program's has that one merges by itself, or has
    replaced on purpose.
    """

    def __init__(self, kept: KeptTexts, sync: Callable[[NotebookLink], None]) -> None:
        self._kept = kept
        self._sync = sync

    def notice(self, link: NotebookLink, event: LiveEvent) -> None:
        """Something has happened in the session; a sync may have replaced texts of cells."""
        if isinstance(event, TextsReplaced):
            self._take(link, event.texts)
        if not isinstance(event, ConnectionBack):
            return
        if unseen := link.swallowed.unseen(event.unseen, event.heard_s):
            overwritten_save.tell_gone(link, merge_findings.unseen(unseen))

    def _take(self, link: NotebookLink, replaced: tuple[ReplacedText, ...]) -> None:
        swallowed, texts = link.swallowed, [it.before for it in replaced]
        now, saved = (it.now for it in replaced), overwritten_save.unsent(link)
        # Read only where it is asked for, which is not with most saves.
        written = self._kept.written_lately
        # All of our processes that have joined are told of it.
        is_by_others = swallowed.is_by_others(now, saved, written(link.path))
        is_ours = not is_by_others and swallowed.take(texts, written(link.path))
        session = (
            swallowed.replaced
            if is_ours
            else swallowed.replaced_by_others(texts, link.held, self._all_kept(link))
        )
        left_out = swallowed.left_out(replaced)
        if left_out is not None:
            overwritten_save.tell_gone(link, merge_findings.heading_gone())
        for it in filter(None, (session, left_out)):
            self._kept.keep(link.path, it.text, VersionOrigin.BROWSER)
        if is_ours:
            self._sync(link)

    def _all_kept(self, link: NotebookLink) -> Iterator[str]:
        for it in self._kept.versions(link.path):
            if (text := self._kept.text(it)) is not None:
                yield text
