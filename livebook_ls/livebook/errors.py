"""Everything that can be wrong with the other side, each with what happened and what to do.

    LivebookError
    ├── Unreachable             nothing can be said to Livebook right now
    │   ├── NotRunning          no Livebook answers anywhere we looked
    │   ├── AnotherProgram      something answers there, but it is no Livebook
    │   ├── CertificateRefused  https, with a certificate that nobody we trust has signed
    │   ├── Misconfigured       a setting leads nowhere, before anything was asked
    │   └── TimedOut            Livebook took too long
    ├── Refused                 Livebook is there and won't
    │   ├── TooOld              before 0.19.4: no dev endpoints
    │   ├── EndpointsOff        dev endpoints are not switched on
    │   └── RefusedAsBrowser    something between us and Livebook adds an Origin header
    ├── FileRefused             this notebook can't be taken
    │   ├── FileUnreadable      Livebook can't read the file
    │   ├── NameNotText         the file's name is not UTF-8
    │   ├── ImportFailed        Livebook failed on the notebook
    │   └── BodyTooLarge        the notebook is larger than Livebook takes
    ├── NotStarted              Livebook could not be started, as the user asked
    │   ├── NotInstalled        there is no such program
    │   ├── StartElsewhere      it would have to run on another machine
    │   ├── StartFailed         the program ended
    │   │   └── PortTaken       another program listens where it wanted to
    │   └── StartTooSlow        it runs, and doesn't answer
    └── NotUnderstood           an answer that no Livebook we know gives

A session that isn't there and a stamp that isn't valid are answers, not errors: see `client`.
"""

from __future__ import annotations

from typing import ClassVar

_LONGEST = 500


class LivebookError(Exception):
    """What happened (`str(error)`), in one sentence, and what to do about it (`advice`).

    Both may quote what a server or a program said, so they are made fit for a terminal.
    """

    code: ClassVar[str]
    advice: str

    def __init__(self, what: str, advice: str | None = None) -> None:
        super().__init__(_shown(what))
        if advice is not None:
            self.advice = _shown(advice)

    @property
    def sentence(self) -> str:
        """What the user reads, in every front."""
        return f"{self} {self.advice}"


class Unreachable(LivebookError):
    """Nothing can be said to Livebook right now; looking again later may help."""


class NotRunning(Unreachable):
    """No Livebook answers anywhere we looked."""

    code = "not-running"
    advice = "Start Livebook, or set livebook.url to where it runs; it is picked up by itself."

    def __init__(self, looked_at: str) -> None:
        super().__init__(f"No Livebook is running at {looked_at}.")


class AnotherProgram(Unreachable):
    """Something answers where Livebook should be, but it is no Livebook."""

    code = "another-program"
    advice = "Set livebook.url to the address that Livebook prints when it starts."

    def __init__(self, url: str, leads_to: str = "") -> None:
        advice = f"Set livebook.url to {leads_to}, to which it leads." if leads_to else None
        super().__init__(f"Another program, not Livebook, answers at {url}.", advice)


class CertificateRefused(Unreachable):
    """The certificate of an https address is not one that we believe; `reason` is OpenSSL's."""

    code = "certificate-refused"
    advice = "Set livebook.caFile to a PEM file with that certificate, or its issuer's."

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"The certificate at {url} is not trusted: {reason}.")


class Misconfigured(Unreachable):
    """A setting that makes no sense; nothing was asked of anybody."""

    code = "bad-setting"

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(f"{what}.", advice)


class TimedOut(Unreachable):
    """Livebook took too long to answer."""

    code = "timed-out"
    advice = "It is asked again by itself; if it stays so, restart Livebook."

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Livebook did not answer within {seconds:g} s.")


class Refused(LivebookError):
    """Livebook is there, but doesn't do what we ask, whatever the notebook."""


class TooOld(Refused):
    """A Livebook before 0.19.4, which has no dev endpoints."""

    code = "too-old"
    advice = "Update Livebook to 0.19.6 or newer."

    def __init__(self) -> None:
        super().__init__("This Livebook is too old to follow an editor.")


class EndpointsOff(Refused):
    """The dev endpoints are not switched on, which is Livebook's default."""

    code = "endpoints-off"
    advice = "Switch on Settings → Dev endpoints in Livebook."

    def __init__(self) -> None:
        super().__init__("Livebook's dev endpoints are switched off.")


class RefusedAsBrowser(Refused):
    """Livebook refuses requests with an Origin header, which we never send."""

    code = "refused-as-browser"
    advice = "Set livebook.url to Livebook's own address, without the proxy between."

    def __init__(self) -> None:
        super().__init__("Livebook took the request for a browser's and refused it.")


class FileRefused(LivebookError):
    """Livebook is well, but can't take this notebook."""


class FileUnreadable(FileRefused):
    """Livebook can't read the file; `reason` is Livebook's own."""

    code = "file-unreadable"
    advice = "Check that the file exists for Livebook too, and that it may read it."

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"Livebook can't read this file: {reason}.")


class NameNotText(FileRefused):
    """The name of the file is no UTF-8, which JSON can't carry."""

    code = "name-not-utf8"
    advice = "Rename the file, or the folder that it is in."

    def __init__(self) -> None:
        super().__init__("Livebook can't be told of this file, for its name is not UTF-8.")


class ImportFailed(FileRefused):
    """Livebook answered with its page for internal errors."""

    code = "import-failed"
    advice = "Look at Livebook's log for the reason, mend the notebook and save again."

    def __init__(self) -> None:
        super().__init__("Livebook failed on this notebook.")


class BodyTooLarge(FileRefused):
    """More than the 8 MB that Livebook takes in one request."""

    code = "body-too-large"
    advice = "Split the notebook, or take large outputs out of it."

    def __init__(self) -> None:
        super().__init__("This notebook is larger than the 8 MB that Livebook takes.")


class NotStarted(LivebookError):
    """Livebook could not be started; `said` is all that it said, for who looks closer."""

    said = ""


class NotInstalled(NotStarted):
    """There is no program of that name."""

    code = "not-installed"
    advice = (
        "Install Livebook from https://livebook.dev, "
        "or set livebook.startCommand to what starts it."
    )

    def __init__(self, program: str) -> None:
        super().__init__(f"The program “{program}” was not found.")


class StartElsewhere(NotStarted):
    """The settings name another machine."""

    code = "start-elsewhere"
    advice = "Start Livebook there; it is picked up by itself."

    def __init__(self, url: str) -> None:
        super().__init__(f"{url} is on another machine, where nothing can be started from here.")


class StartFailed(NotStarted):
    """The program ended before Livebook was there."""

    code = "start-failed"
    advice = "Try the command in a terminal, or set livebook.startCommand to another one."

    def __init__(self, why: str, said: str = "") -> None:
        self.said = said
        super().__init__(f"Livebook could not be started: {why.rstrip('.')}.")


class PortTaken(StartFailed):
    """Another program listens where Livebook wanted to."""

    code = "port-taken"
    advice = "End that program, or set livebook.url to a free port; Livebook then starts there."


class StartTooSlow(NotStarted):
    """The program runs, but no Livebook answers; it is left running, as it may come yet."""

    code = "start-slow"
    advice = "It is picked up by itself if it comes yet; livebook.stop ends it."

    def __init__(self, seconds: float, last_line: str, said: str = "") -> None:
        self.said = said
        last = f" It said: {last_line}" if last_line else ""
        super().__init__(f"Livebook was started, but did not answer within {seconds:g} s.{last}")


class NotUnderstood(LivebookError):
    """An answer that no Livebook we know gives."""

    code = "not-understood"
    advice = "Check that livebook.url leads to Livebook itself, and update livebook-ls."

    def __init__(self, what: str) -> None:
        super().__init__(f"Livebook's answer was not understood: {what}.")


def _shown(text: str) -> str:
    """`text` without what would steer a terminal, and no longer than anybody reads."""
    cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return "".join(it if it.isprintable() else "�" for it in cut)
