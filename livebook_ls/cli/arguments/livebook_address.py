"""The arguments of every command that talks to Livebook: where it is, and what it sees."""

from __future__ import annotations

import os
from argparse import ArgumentParser, ArgumentTypeError, Namespace

from livebook_ls.settings import PathMapping, Settings, path_mappings

# Livebook's own variable; an argument could be read by everybody on the machine.
_PASSWORD = "LIVEBOOK_PASSWORD"  # noqa: S105 — its name


def add_arguments(parser: ArgumentParser) -> None:
    """`--url`, `--ca-file` and `--map`."""
    parser.add_argument("--url", help="Livebook's address, also as it prints it with ?token=…")
    parser.add_argument(
        "--ca-file", metavar="PEM", help="a certificate to believe, for an https address"
    )
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        type=_mapping,
        metavar="HERE=THERE",
        help="Livebook sees the folder HERE as THERE, as in a container; may be repeated",
    )


def settings(options: Namespace) -> Settings:
    """The settings that the arguments mean, with the password that Livebook itself was given."""
    return Settings(
        url=options.url or "",
        password=os.environ.get(_PASSWORD, ""),
        ca_file=options.ca_file or "",
        path_mappings=tuple(options.map),
    )


def _mapping(text: str) -> PathMapping:
    here, _, there = text.partition("=")
    try:
        (mapping,) = path_mappings({here: there})
    except ValueError:
        raise ArgumentTypeError("two absolute paths are expected, as in /home/me=/data") from None
    return mapping
