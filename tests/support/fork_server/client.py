"""Stands for the program where the fork server runs it: same arguments, streams, place and end.

`python -I -S client.py ADDRESS ARGUMENTS…`. It takes the place of a start, so it loads next to
nothing; it is run as a file, and knows only what stands here.
"""

from __future__ import annotations

import marshal
import os
import signal
import socket
import sys

STREAMS = (0, 1, 2)
PASSED_ON = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


def main() -> int:
    """Ask for the program, and end as it ended: by the same code, or the same signal."""
    address, *arguments = sys.argv[1:]
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(f"\0{address}")
        asked = marshal.dumps((arguments, os.getcwd(), dict(os.environ)))  # noqa: PTH109 — quick
        socket.send_fds(server, [b"\0"], STREAMS)
        server.sendall(asked)
        for number in PASSED_ON:
            signal.signal(number, lambda number, _: server.send(bytes([number])))
        # From here on they are the program's: who waits for their end waits for it alone.
        for stream in STREAMS:
            os.close(stream)
        status = server.recv(16)
    code = os.waitstatus_to_exitcode(int(status)) if status else 1
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    return code


if __name__ == "__main__":
    # Nothing here is to be torn down.
    os._exit(main())
