"""The arguments of every command that talks to Livebook: where it is."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from livebook_ls.settings import Settings


def add_arguments(parser: ArgumentParser) -> None:
    """`--url`."""
    parser.add_argument("--url", help="Livebook's address, also as it prints it with ?token=…")


def settings(options: Namespace) -> Settings:
    """The settings that the arguments mean."""
    return Settings(url=options.url or "")
