"""The stand-in Livebook on an agenda: its routes and sessions, without sockets and threads."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from livebook_ls.livebook.http.streams import Unconnected
from livebook_ls.standin.control.faults import Faults
from livebook_ls.standin.http.request import MalformedError, parse_request
from livebook_ls.standin.http.response import Response
from livebook_ls.standin.pages import pages
from livebook_ls.standin.routes import Routes
from livebook_ls.standin.sessions.hold_points import HoldPoints
from livebook_ls.standin.sessions.import_export import ExportRaisesError, Format, Opening
from livebook_ls.standin.sessions.registry import Registry
from livebook_ls.standin.sessions.session import SessionView, StandInSession, Timing
from livebook_ls.standin.sessions.stamps import Stamps
from livebook_ls.standin.settings import Access
from tests.model.agenda import Agenda
from tests.model.chronicle import LIVEBOOK, Chronicle

URL = "http://127.0.0.1:41999"
_WRITING_S = (0.0001, 0.002)
_HEARD_S = (0.0001, 0.003)
_ANSWERED_S = (0.0002, 0.004)


class Pace:
    """How long things take Livebook; `slowness` is how often as long as usual."""

    def __init__(self, agenda: Agenda, chance: random.Random) -> None:
        self.agenda = agenda
        self._chance = chance
        self.slowness = 1.0

    def usual_s(self, bounds: tuple[float, float]) -> float:
        """So long this time, however slow all else is."""
        return self._chance.uniform(*bounds)

    def some_s(self, bounds: tuple[float, float]) -> float:
        """So long this time."""
        return self._chance.uniform(*bounds) * self.slowness


class TurnedSession(StandInSession):
    """A session that handles its messages when their moments come."""

    def __init__(self, livebook: TurnedLivebook, **parts: Any) -> None:
        super().__init__(**parts)
        self._livebook = livebook
        self._pace = livebook.pace
        self._left = 0
        self.is_over = False

    @property
    def is_saving(self) -> bool:
        """Whether a save is due or under way."""
        return self._saver is not None

    @property
    def is_quiet(self) -> bool:
        """Whether it has heard all that it was told, and writes nothing."""
        return self._left == 0 and not self.is_saving

    def start(self) -> None:
        self._tick()

    def export(self) -> SessionView:
        # Whoever asks a session waits until it has heard all that was said before.
        self._pace.agenda.run(60.0, until=lambda: self._left == 0 or self.is_over)
        return self.view

    def close(self) -> None:
        self._save_if_dirty()
        self._end()

    def kill(self) -> None:
        self._killed.set()
        self._end()

    def _tell(self, message: Any) -> None:
        self._inbox.put(message)
        self._left += 1
        self._pace.agenda.later(self._pace.some_s(_HEARD_S), self._hear)

    def _hear(self) -> None:
        self._left -= 1
        message = self._inbox.get_nowait()
        self._livebook.note(f"heard {message}")
        if not self.is_over and not self._handle(message):
            self._end()
            self._livebook.crashed.append(self.view.path)

    def _tick(self) -> None:
        if self._interval_s is None or self.is_over:
            return
        self._pace.agenda.later(self._interval_s, self._autosave)

    def _autosave(self) -> None:
        if not self.is_over:
            self._save_if_dirty()
            self._tick()

    def _save_if_dirty(self) -> None:
        if self.view.is_dirty and self._saver is None:
            self._saver = self._thread
            view = self.view
            seconds = self._pace.some_s((0.002, 2 * self._timing.save_s))
            self._pace.agenda.later(seconds, lambda: self._begin_save(view))

    def _begin_save(self, view: SessionView) -> None:
        if self._killed.is_set():
            return
        path = Path(view.path)
        try:
            content = self._format.write(view.held, is_stamped=view.is_stamped)
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._livebook.writing():
                file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
                self._touch(file)
        except (ExportRaisesError, OSError):
            self._note_saved(None)
            return
        self._pace.agenda.later(
            self._pace.usual_s(_WRITING_S), lambda: self._end_save(file, content)
        )

    def _end_save(self, file: int, content: bytes) -> None:
        # At the file's beginning, and over whatever somebody has written there meanwhile.
        with self._livebook.writing():
            os.pwrite(file, content, 0)
            self._touch(file)
            os.close(file)
        self._note_saved(content)

    def _touch(self, file: int) -> None:
        now_ns = 1_700_000_000_000_000_000 + int(self._pace.agenda.now_s * 1e9)
        os.utime(file, ns=(now_ns, now_ns))

    def _end(self) -> None:
        if not self.is_over:
            self.is_over = True
            self._on_end(self)


class _TurnedRegistry(Registry):
    def __init__(self, make: Callable[..., TurnedSession], notebook_format: Format) -> None:
        super().__init__(notebook_format, Timing(), HoldPoints())
        self._make = make

    def _new_session(self, path: str, opening: Opening) -> StandInSession:
        session = super()._new_session(path, opening)
        return self._make(
            view=session.view,
            notebook_format=self._format,
            interval_s=opening.interval_s,
            timing=self._timing,
            hold_points=self._hold_points,
            on_end=self._forget,
        )


class TurnedLivebook:
    """One Livebook at `URL`; `crashed` are the paths whose sessions died of what they had read."""

    def __init__(
        self, agenda: Agenda, chance: random.Random, chronicle: Chronicle, access: Access
    ) -> None:
        self.pace = Pace(agenda, chance)
        self._chronicle = chronicle
        self._access = access
        self.faults = Faults()
        self.crashed: list[str] = []
        self.is_up = False
        self._format = Format(Stamps())
        self.start()

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.is_up and self.faults == Faults() and self.pace.slowness == 1.0

    def start(self) -> None:
        """Begin anew, with no session."""
        self.registry = _TurnedRegistry(self._session, self._format)
        self._routes = Routes(self.registry, self._format, self._access, lambda: self.faults)
        self.is_up = True

    def writing(self) -> AbstractContextManager[None]:
        """What is written meanwhile is Livebook's."""
        return self._chronicle.writing(LIVEBOOK)

    def note(self, line: str) -> None:
        """Something has happened in it."""
        self._chronicle.note(f"Livebook {line}")

    def stop(self) -> None:
        """End as by a crash: no session saves."""
        self.is_up = False
        self.registry.kill_all()

    def session(self, path: Path) -> TurnedSession | None:
        """The session of a file."""
        found = self.registry.find(str(path))
        return found if isinstance(found, TurnedSession) else None

    def edit(self, path: Path, text: str) -> bool:
        """Have a session hold `text`, as when a person edits it in the browser; whether it does.

        What is typed while it saves Livebook takes for saved, and nobody sees that it isn't.
        """
        session = self.session(path)
        if session is None or session.is_saving or not self.is_up:
            return False
        session._take(self._format.read(text.encode()))
        return True

    def held_texts(self) -> list[str]:
        """What all sessions hold."""
        return [it.text for it in self.registry.views()]

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Response:
        """The answer to a request, once it is there; raises OSError as a connection does."""
        agenda = self.pace.agenda
        agenda.run(self.pace.some_s(_ANSWERED_S))
        if not self.is_up:
            raise Unconnected("refused")
        try:
            asked = parse_request(method, target, headers, body)
            answer = self._routes.answer(asked, self.faults)
        except MalformedError:
            return Response(
                status=400, content_type="text/html", body=pages.error_page(400).encode()
            )
        self._chronicle.note(f"asked {method} {target[:60]}: {answer.status}")
        agenda.run(self.pace.some_s(_ANSWERED_S))
        if not self.is_up:
            raise ConnectionError("the connection ended")
        return answer

    def _session(self, **parts: Any) -> TurnedSession:
        return TurnedSession(self, **parts)


class TurnedConnections:
    """In the place of `http.connections.Connections`: this Livebook answers who asks."""

    def __init__(self, livebook: TurnedLivebook) -> None:
        self._livebook = livebook
        self._is_closed = False

    @contextmanager
    def stream(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None
    ) -> Iterator[TurnedAnswer]:
        """As theirs."""
        if self._is_closed:
            raise ConnectionError("closed")
        parts = urlsplit(url)
        if parts.netloc != urlsplit(URL).netloc:
            raise Unconnected("refused")
        target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        sent = {"host": parts.netloc} | {name: it for name, it in headers.items() if it}
        yield TurnedAnswer(self._livebook.answer(method, target, sent, content or b""))

    def close(self) -> None:
        """As theirs."""
        self._is_closed = True


class TurnedAnswer:
    """In the place of `http.connections.ResponseStream`: all of it is there."""

    def __init__(self, answer: Response) -> None:
        self._answer = answer
        self.status = answer.status

    @property
    def ends_by_itself(self) -> bool:
        """As theirs."""
        return True

    def header(self, name: str) -> str:
        """As theirs."""
        return ", ".join(self.headers(name))

    def headers(self, name: str) -> list[str]:
        """As theirs."""
        named = [("content-type", self._answer.content_type), *self._answer.headers.items()]
        return [value for key, value in named if key.lower() == name]

    def chunks(self) -> Iterator[bytes]:
        """As theirs."""
        yield self._answer.body
