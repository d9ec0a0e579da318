"""Runs a stand-in as a process of its own: `python -m livebook_ls.standin --port N`."""

from __future__ import annotations

import argparse
import signal
import sys
import time

from livebook_ls.standin import Access, StandIn, StandInSettings, Timing

_LONG_S = 3600.0


def main(arguments: list[str] | None = None) -> None:
    """Serve until interrupted; the first line on stdout is the URL."""
    options = _parser().parse_args(arguments)
    settings = StandInSettings(
        port=options.port,
        access=Access(base_path=options.base_path, token=options.token, password=options.password),
        timing=Timing(autosave_s=options.autosave_s, save_s=options.save_s),
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with StandIn(settings) as stand_in:
        query = f"/?token={options.token}" if options.token else ""
        sys.stdout.write(f"{stand_in.url}{query}\n")
        sys.stdout.flush()
        try:
            # Not `signal.pause`, which Windows has not.
            while True:
                time.sleep(_LONG_S)
        except KeyboardInterrupt:
            return


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m livebook_ls.standin",
        description="A stand-in for Livebook's dev endpoints; it evaluates nothing.",
    )
    parser.add_argument("--port", type=int, default=0, help="the port, by default a free one")
    parser.add_argument("--base-path", default="", help="like LIVEBOOK_BASE_URL_PATH")
    parser.add_argument("--token", help="ask browsers for this token")
    parser.add_argument("--password", help="ask browsers for this password")
    parser.add_argument("--autosave-s", type=float, default=Timing().autosave_s)
    parser.add_argument("--save-s", type=float, default=Timing().save_s)
    return parser


if __name__ == "__main__":
    main()
