"""A notebook and another version of it side by side, where the client has a view for that."""

from __future__ import annotations

from collections.abc import Callable

from livebook_ls.sync.merging.held_merge import HeldMerge

METHOD = "livebook/compare"
_TITLE = "in the browser"


class Comparisons:
    """Shows the browser's version: at once when a merge has to be decided, else when asked for."""

    def __init__(
        self, notify: Callable[[str, object], None], takes_comparisons: Callable[[], bool]
    ) -> None:
        self._notify = notify
        self._takes_comparisons = takes_comparisons
        self._shown: dict[str, str] = {}

    def show(self, uri: str, text: str) -> bool:
        """Have the client show a text beside the document; whether it has a view for that."""
        if not self._takes_comparisons():
            return False
        self._notify(METHOD, {"uri": uri, "title": _TITLE, "text": text})
        return True

    def notice(self, uri: str, merge: HeldMerge | None) -> None:
        """Show theirs once for each merge that has to be decided."""
        theirs = merge.theirs.text if merge else None
        if theirs is None:
            self._shown.pop(uri, None)
        elif self._shown.get(uri) != theirs:
            self._shown[uri] = theirs
            self.show(uri, theirs)
