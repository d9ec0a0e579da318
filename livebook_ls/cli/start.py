"""`start`: Livebook as a process of its own, which stays when the terminal is closed."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from dataclasses import replace

from livebook_ls.cli.arguments import livebook_address
from livebook_ls.cli.terminal import complain
from livebook_ls.livebook.connection import Connection
from livebook_ls.livebook.errors import NotStarted
from livebook_ls.livebook.starting.start import begin, wait
from livebook_ls.settings import Command


def add_arguments(parser: ArgumentParser) -> None:
    """What `start` takes."""
    livebook_address.add_arguments(parser)
    parser.add_argument(
        "start_command",
        nargs="*",
        metavar="PROGRAM",
        help="what to run instead of `livebook server`, with its arguments; options after --",
    )


def run(options: Namespace) -> int:
    """Start Livebook unless one is there, and print its address."""
    settings = livebook_address.settings(options)
    if options.start_command:
        settings = replace(settings, start_command=Command(options.start_command))
    connection = Connection(settings, os.environ)
    try:
        if not connection.warm_up():
            launched = begin(settings, os.environ)
            print(f"Starting Livebook as process {launched.process_id} …", file=sys.stderr)
            address = wait(launched, connection.warm_up).address
            print(address or "Livebook runs.")
        elif connection.endpoint is not None:
            print(connection.endpoint.url)
    except NotStarted as error:
        complain(error.sentence)
        return 1
    finally:
        connection.close()
    return 0
