"""The arguments of every command that talks to Livebook: where it is, and what it sees."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace

from livebook_ls.settings import PathMapping, Settings, path_mappings


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
    """The settings that the arguments mean."""
    return Settings(
        url=options.url or "", ca_file=options.ca_file or "", path_mappings=tuple(options.map)
    )


def _mapping(text: str) -> PathMapping:
    here, _, there = text.partition("=")
    try:
        (mapping,) = path_mappings({here: there})
    except ValueError:
        raise ArgumentTypeError("two absolute paths are expected, as in /home/me=/data") from None
    return mapping
