"""What is asked of Livebook about one notebook, off the event loop: each a question with an answer.

Nothing here decides whether a text may be sent; that is `operations`, which asks the guard first.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import Callable, Hashable
from concurrent.futures import Executor
from typing import TypeVar

from livebook_ls.livebook.connection import Connection, Place
from livebook_ls.livebook.errors import BodyTooLarge, LivebookError, NotRunning
from livebook_ls.livebook.finding.addresses import Endpoint
from livebook_ls.livebook.http.dev_endpoints import Livebook, SyncAnswer
from livebook_ls.notebook.markdown.parser_version import ParserVersion, may_differ
from livebook_ls.sync.disk import git
from livebook_ls.sync.guarding.guard import digest
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.parser_versions import ParserVersions
from livebook_ls.sync.session_looks import SessionLooks
from livebook_ls.sync.telling import login

Result = TypeVar("Result")
Find = Callable[[str, str | None, Endpoint | None], Place | None]

# A page takes 15 ms with 500 cells.
_ASK_S = 1.0


class Talk:
    """Questions to Livebook; they block in `threads`, never on the loop. Errors are those of
    `livebook.errors`.
    """

    def __init__(
        self,
        connection: Connection,
        threads: Executor,
        rest_of: Callable[[NotebookLink], Hashable | None] = lambda _: None,
    ) -> None:
        """`rest_of` is what `SessionLooks` takes."""
        self._connection = connection
        self._threads = threads
        self._parsers = ParserVersions()
        self.looks = SessionLooks(self.ask, rest_of)

    async def think(self, work: Callable[[], Result], about: NotebookText | None = None) -> Result:
        """Work that takes long with a long notebook, so that the loop goes on meanwhile; at once
        where what it is `about` is short.
        """
        if about is not None and about.is_short:
            return work()
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def ask(
        self, request: Callable[[Livebook], Result], home: Endpoint | None = None
    ) -> Result:
        """What `request` makes of the Livebook at `home`, else of the one that is there."""
        try:
            return await self.think(functools.partial(self._connection.call, request, home))
        except NotRunning:
            self._parsers.forget()
            raise

    async def is_ready(self) -> bool:
        """Whether a Livebook that takes syncs can be reached, asked without touching a file."""
        try:
            await self.ask(lambda it: it.probe())
        except LivebookError:
            return False
        return True

    async def parser_for(self, link: NotebookLink, text: str) -> ParserVersion | None:
        """The Markdown parser of the link's Livebook, where it matters for the text and is told."""
        if not may_differ(text):
            return None
        try:
            return await self.ask(self._parsers.of, link.home)
        except LivebookError:
            return None

    async def opens_harmlessly(self, link: NotebookLink, reading: NotebookText) -> bool:
        """Whether opening would leave the file as it is, but for its time.

        Livebook rewrites a file 5 s after opening it; what it would write, restamp tells. With a
        stamp every write makes a new one, and without a section a sync could never add one.
        """
        text = reading.text
        if reading.has_stamp or not reading.notebook.sections:
            return False
        try:
            return await self.restamp(link, text, text) == text
        except BodyTooLarge:
            return False

    async def restamp(
        self, link: NotebookLink, old: str, new: str, timeout_s: float = 30.0
    ) -> str | None:
        """`new` as Livebook would write it, stamped if `old` is; None: the stamp is not valid."""
        return await self.ask(
            lambda it: it.restamp(old_source=old, new_source=new, timeout_s=timeout_s), link.home
        )

    async def is_stamp_valid(self, link: NotebookLink, reading: NotebookText) -> bool:
        """Whether the text's stamp is valid, or it has none; a valid one is remembered."""
        if not reading.has_stamp or link.stamped == reading.text:
            return True
        name = digest(reading.text)
        if name in link.unsigned:
            return False
        try:
            if await self.restamp(link, reading.text, reading.text) is None:
                link.unsigned.add(name)
                return False
        except BodyTooLarge:
            # Nobody can tell; a sync sends only the path, and must not fail for that.
            return True
        link.stamped = reading.text
        return True

    async def committed(self, link: NotebookLink) -> str | None:
        """The notebook's text as git's last commit has it; None where there is none."""
        if not link.path:
            return None
        return await self.think(functools.partial(git.committed, link.path))

    async def is_older(self, link: NotebookLink, session: NotebookText) -> bool:
        """Whether the file is known to have had all that the session, which nobody of ours has had
        to do with, was just seen to hold: by Livebook, which has saved that, or by git.
        """
        if await self.has_saved(link):
            return True
        earlier = await self.think(functools.partial(git.checked_out_lately, link.path))
        earlier += [link.common.text] if link.common else []
        return any(session.says_same(NotebookText(it)) for it in earlier)

    async def stamped_sources(self, link: NotebookLink) -> list[str]:
        """Sources whose stamp may be valid, the likeliest first."""
        committed = await self.committed(link)
        on_disk = link.known.text if link.known else None
        return list(dict.fromkeys(it for it in (link.stamped, on_disk, committed) if it))

    async def learn_session(self, link: NotebookLink) -> None:
        """The session's address, from `/dev/open`, which makes the session if there is none."""
        known = link.file

        def request(livebook: Livebook) -> tuple[Place, str, str]:
            file = known or self._connection.names(link.path)[0]
            path = livebook.open(file)
            return Place(livebook.endpoint, file), path, livebook.session_url(path)

        place, path, url = await self.ask(request, link.home)
        self._settle(link, place)
        link.attach(path, url)

    async def meet_session(self, link: NotebookLink) -> bool:
        """Learn of a session that others have opened, with nothing synced; whether there is one,
        as far as Livebook shows it.
        """
        if not await self._take(link, self._connection.find_open):
            return False
        await self.learn_session(link)
        return True

    async def ask_session(self, link: NotebookLink) -> bool:
        """Sync by the path that Livebook knows; whether there is a session, by any anywhere."""
        self.looks.forget(link)
        if await self._take(link, self._connection.find_session):
            return True
        link.file = None
        link.detach()
        return False

    async def ask_elsewhere(self, link: NotebookLink) -> bool:
        """Sync where there may be a session that an open would not find, but fight with: by another
        path, or in another Livebook; whether there is one.
        """
        self.looks.forget(link)
        return await self._take(link, self._connection.find_other_session)

    async def is_alive(self, link: NotebookLink) -> bool:
        """Whether the session is still there: a sync of bytes that it knows touches nothing."""
        file = link.file or link.path
        self.looks.forget(link)
        return await self.ask(lambda it: it.sync(file), link.home) is SyncAnswer.TAKEN

    async def has_lost_session(self, link: NotebookLink) -> bool:
        """Whether the session is known to be gone, asked without touching it or its file."""
        await self.ask(lambda it: it.probe(), link.home)
        return not link.is_slow_to_show and await self.lacks_session(link)

    async def lacks_session(self, link: NotebookLink) -> bool:
        """Whether Livebook says that there is no such session; nothing is known where it is away
        itself.
        """
        path = link.session_path
        if path is None:
            return False
        return await self.ask(lambda it: it.lacks_session(path, _ASK_S), link.home)

    async def has_saved(self, link: NotebookLink) -> bool | None:
        """Whether the session has written all that it holds, and so writes nothing any more for
        what it was told before; None where Livebook doesn't show it.
        """
        path = link.session_path
        if path is None or link.is_slow_to_show:
            return None
        return await self.ask(lambda it: it.has_saved(path, _ASK_S), link.home)

    async def append_section(self, link: NotebookLink) -> bool:
        """Give a session that has no section one, without which a sync can't fill it; whether that
        was done. Nothing of it is run.
        """
        # Loaded when it is needed: hardly ever.
        from livebook_ls.livebook.live.session import LiveSession

        if link.home is None or link.session_path is None:
            return False
        try:
            session = await LiveSession.join(link.home, link.session_path, lambda _: None)
        except LivebookError:
            return False
        self.looks.forget(link)
        try:
            await session.append_section()
        except LivebookError:
            return False
        finally:
            await session.leave()
        return True

    async def learn_login(self, link: NotebookLink) -> None:
        """What a browser will meet that follows the link to the session; no matter if unknown."""
        with contextlib.suppress(LivebookError):
            link.login = login.in_the_way(await self.ask(lambda it: it.login(), link.home))

    def look_ahead(self, link: NotebookLink) -> None:
        """Begin the look that `session_text` is about to be asked for, so that it goes on while
        the text is read and judged.
        """
        self.looks.begin(link)

    async def session_text(
        self, link: NotebookLink, *, is_needed: bool = False
    ) -> NotebookText | None:
        """What the session holds, without outputs; None where Livebook doesn't show it, or where
        looking would delay saves, unless it `is_needed`.
        """
        return await self.looks.text(link, is_needed=is_needed)

    async def _take(self, link: NotebookLink, find: Find) -> bool:
        """Whether `find` found the session, which is then known to the link."""
        place = await self.think(functools.partial(find, link.path, link.file, link.home))
        if place is not None:
            self._settle(link, place)
        return place is not None

    def _settle(self, link: NotebookLink, place: Place) -> None:
        link.home, link.file = place.home, place.file
        link.is_one_of_several = self._connection.has_choice
