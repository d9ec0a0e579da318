"""A page in a Chromium of its own, which does what it is told over the DevTools Protocol."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import os
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from tests.support.editors.tools import program

_ANSWER_S = 30.0
_END_S = 10.0
_SHIFT, _CTRL = 8, 2
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,800",
    "--remote-debugging-port=0",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key of an American keyboard, with what is held beside it and what it types."""

    key: str
    code: str
    number: int
    modifiers: int = 0
    text: str = ""


CTRL_END = Key(key="End", code="End", number=35, modifiers=_CTRL)
_NAMED = {
    "\n": Key(key="Enter", code="Enter", number=13, text="\r"),
    " ": Key(key=" ", code="Space", number=32, text=" "),
    "#": Key(key="#", code="Digit3", number=51, modifiers=_SHIFT, text="#"),
}


def key_for(character: str) -> Key:
    """The key that types a character: a letter, a digit, or one of the few others named above."""
    if character in _NAMED:
        return _NAMED[character]
    upper = character.upper()
    kind = "Digit" if character.isdigit() else "Key"
    held = _SHIFT if character.isupper() else 0
    return Key(key=character, code=kind + upper, number=ord(upper), modifiers=held, text=character)


class Page:
    """Answers are awaited one by one; faults that the page's own code throws are printed."""

    def __init__(self) -> None:
        self._home = tempfile.TemporaryDirectory(prefix="chromium")
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: ClientConnection | None = None
        self._number = 0

    async def open(self, url: str) -> None:
        """Start Chromium, and go to an address."""
        self._start()
        address = await _page_address(Path(self._home.name))
        self._socket = await connect(
            address, max_size=None, max_queue=None, compression=None, proxy=None
        )
        await self.send("Runtime.enable")
        await self.send("Page.navigate", url=url)

    async def send(self, method: str, **params: object) -> dict[str, Any]:
        """One call of the protocol, and its result."""
        assert self._socket is not None
        self._number += 1
        call = {"id": self._number, "method": method, "params": params}
        async with asyncio.timeout(_ANSWER_S):
            await self._socket.send(json.dumps(call))
            while (said := json.loads(await self._socket.recv())).get("id") != self._number:
                if said["method"] == "Runtime.exceptionThrown":
                    print(f"the page threw: {said['params']}", flush=True)
        if "error" in said:
            raise RuntimeError(f"{method}: {said['error']}")
        result: dict[str, Any] = said["result"]
        return result

    async def evaluate(self, expression: str) -> Any:
        """What an expression in JavaScript comes to, which JSON must be able to hold."""
        done = await self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in done:
            raise RuntimeError(f"{expression}: {done['exceptionDetails']}")
        return done["result"].get("value")

    async def press(self, key: Key) -> None:
        """Press a key and let it go."""
        names = {
            "key": key.key,
            "code": key.code,
            "modifiers": key.modifiers,
            "windowsVirtualKeyCode": key.number,
        }
        kind = "keyDown" if key.text else "rawKeyDown"
        await self.send("Input.dispatchKeyEvent", type=kind, text=key.text, **names)
        await self.send("Input.dispatchKeyEvent", type="keyUp", **names)

    async def click(self, x: float, y: float) -> None:
        """Click at a place of the window."""
        for kind in ("mousePressed", "mouseReleased"):
            await self.send(
                "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1
            )

    async def close(self) -> None:
        """End Chromium."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                await self.send("Browser.close")
            await self._socket.close()
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(self._process.wait, _END_S)
        self._end()

    def _start(self) -> None:
        folder = f"--user-data-dir={self._home.name}"
        self._process = subprocess.Popen(
            [str(program("chromium", "vscode")), *_FLAGS, folder, "about:blank"],
            env=os.environ | {"HOME": self._home.name},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        # Whatever becomes of the script, nothing that it started stays behind.
        atexit.register(self._end)

    def _end(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
        self._home.cleanup()


async def _page_address(home: Path) -> str:
    """Where the one page of the Chromium that has just been started is spoken to."""
    noted = home / "DevToolsActivePort"
    async with asyncio.timeout(_ANSWER_S), httpx.AsyncClient(trust_env=False) as client:
        while True:
            with contextlib.suppress(OSError, IndexError, httpx.TransportError):
                port = noted.read_text(encoding="utf-8").splitlines()[0]
                targets = (await client.get(f"http://127.0.0.1:{port}/json/list")).json()
                for it in targets:
                    if it["type"] == "page":
                        return str(it["webSocketDebuggerUrl"])
            await asyncio.sleep(0.05)
