"""`serve`: the language server, as editors start it, or on a socket for a look at it."""

from __future__ import annotations

import os

from livebook_ls.cli.arguments.misuse import Misuse

# Nothing is loaded here that a server on a pipe can do without: its client waits.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

EXAMPLES = """Editors start it with --stdio, which is also what happens without any option.

  livebook-ls serve --log-file /tmp/livebook-ls.log   log every request to Livebook, without content
  livebook-ls serve --tcp 127.0.0.1:0                 wait for clients on a free port
"""


def add_arguments(parser: ArgumentParser) -> None:
    """What `serve` takes; what else is set comes from the editor."""
    parser.add_argument("--log-file", metavar="FILE", help="append the log to this file")
    parser.add_argument(
        "--tcp",
        metavar="HOST:PORT",
        help="wait for clients on a socket, who must know the secret that is printed; each has a "
        "server of its own",
    )
    parser.add_argument(
        "--force", action="store_true", help="with --tcp: listen also where others can connect"
    )


def run(options: Namespace) -> int:
    """Serve until the editor is gone, or with `--tcp` until interrupted."""
    address = _address(options.tcp, options.force) if options.tcp is not None else None
    if address is not None:
        return _serve_tcp(*address, options.log_file)
    from livebook_ls.lsp.serving.stdio import serve

    return serve(os.environ, options.log_file)


def _serve_tcp(host: str, port: int, log_file: str | None) -> int:
    import asyncio

    from livebook_ls.lsp.connection import log
    from livebook_ls.lsp.serving import tcp

    def tell(chosen: int, secret: str) -> None:
        shown = f"[{host}]" if ":" in host else host
        print(f"Listening on {shown}:{chosen}")
        print(f'For initializationOptions: {{"secret": "{secret}"}}', flush=True)

    log.set_up(log_file)
    try:
        asyncio.run(tcp.serve(os.environ, host, port, tell))
    except KeyboardInterrupt:
        return 0
    except OSError as error:
        raise Misuse(f"--tcp {host}:{port}: {error.strerror}") from None
    return 0


def _address(text: str, is_forced: bool) -> tuple[str, int]:
    """Host and port of `HOST:PORT`, or of a port alone, which means this machine."""
    from livebook_ls.livebook.finding.addresses import is_loopback

    host, _, port = text.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    if not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise Misuse(f"--tcp takes HOST:PORT, not {text}")
    if not is_forced and not is_loopback(host):
        raise Misuse(
            f"--tcp {text} would let others read and write your notebooks; "
            "use 127.0.0.1, or add --force"
        )
    return host, int(port)
