"""A language server's process as a stopwatch sees it: framed bytes in, framed bytes out."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

Json = Any
# As an editor of today declares itself; what a server makes of it is part of its start.
CAPABILITIES: Json = json.loads(Path(__file__).with_name("capabilities.json").read_text("utf-8"))


class LspProcess:
    """One server, spoken to one message at a time; `spawned_s` is when it was started."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str] | None = None) -> None:
        self._numbers = itertools.count(1)
        self.spawned_s = time.perf_counter()
        self.process = subprocess.Popen(  # noqa: S603 — the servers that are measured
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(environ if environ is not None else os.environ),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()

    def initialize(self, options: Json = None) -> Json:
        """The answer of `initialize`."""
        return self.ask(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": None,
                "capabilities": CAPABILITIES,
                "initializationOptions": options,
            },
        )

    def tell(self, method: str, params: Json) -> None:
        """Send a notification."""
        self._send({"method": method, "params": params})

    def ask(self, method: str, params: Json) -> Json:
        """Send a request; its result. What else comes meanwhile is answered with nothing."""
        number = next(self._numbers)
        self._send({"id": number, "method": method, "params": params})
        while True:
            message = self.receive()
            if message.get("id") == number and "method" not in message:
                return message.get("result")

    def receive(self) -> Json:
        """The next message; requests are answered with nothing on the way."""
        stream = self.process.stdout
        assert stream is not None  # noqa: S101 — made above
        size = 0
        while line := stream.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                size = int(value)
        if not size:
            raise EOFError("the server ended")
        message = json.loads(stream.read(size))
        if "method" in message and "id" in message:
            self._send({"id": message["id"], "result": None})
        return message

    @property
    def resident_mb(self) -> float:
        """What of the process is in memory, on Linux."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        line = next(it for it in status.splitlines() if it.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    @property
    def cpu_s(self) -> float:
        """What the process has used of a processor so far, on Linux."""
        fields = (
            Path(f"/proc/{self.process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        )
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _send(self, message: Json) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        stream = self.process.stdin
        assert stream is not None  # noqa: S101 — made above
        stream.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        stream.flush()
