"""A notebook's name that leads to another file than it did, as where a link is swapped.

What was known is of the former, which keeps its session: that is given up before anything is done
with either. An editor's save by renaming, or a checkout, puts another file under the same path,
which counts as the same.
"""

from __future__ import annotations

import os

from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.live_sessions import LiveSessions
from livebook_ls.sync.livebook_calls import Talk
from livebook_ls.sync.telling import session_findings

_MATTER = "elsewhere"


class SwappedNames:
    """Sees it as a notebook's turn begins."""

    def __init__(self, talk: Talk, live: LiveSessions) -> None:
        self._talk = talk
        self._live = live

    def is_given_up(self, link: NotebookLink, real: str) -> bool:
        """Whether the name led elsewhere until now: then nothing is known of its file, which is
        `real`, and the former's session is left, and told if there was one.
        """
        former, had_session, url = link.real, link.has_session, link.url
        if former in (None, real) or not _is_another(link):
            # The same file, as it is called now; its session stays the one of the former name.
            if former is None or (not had_session and notebook_file.version(link.path)):
                link.real = real
            return False
        self._live.leave(link.path)
        self._talk.looks.forget(link)
        link.begin_anew()
        link.real = real
        if had_session:
            told = session_findings.leads_elsewhere(_shown(real, former), _shown(former, real), url)
            link.stand(_MATTER, (told,))
        return True


def forget_swap(link: NotebookLink) -> None:
    """The editor has saved again, after it was told."""
    link.stand(_MATTER, ())


def leads_elsewhere(link: NotebookLink) -> bool:
    """Whether the name leads to another file now than the one of which anything is known."""
    return link.real not in (None, os.path.realpath(link.path)) and _is_another(link)


def _is_another(link: NotebookLink) -> bool:
    """Whether the name, whose real path has changed, and the path that its session writes to lead
    to different files: not where a folder was moved and is linked from where it was.
    """
    if notebook_file.version(link.path) is None:
        # As for a moment where a link is made anew.
        return False
    return os.path.realpath(link.path) != os.path.realpath(link.real or "")


def _shown(path: str, other: str) -> str:
    """A file by its name; by its whole path where the other one has the same."""
    name = os.path.basename(path)  # noqa: PTH119
    return path if name == os.path.basename(other) else name  # noqa: PTH119
