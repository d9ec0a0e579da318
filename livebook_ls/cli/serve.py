"""`serve`: the language server, as editors start it."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace


def add_arguments(_: ArgumentParser) -> None:
    """`serve` takes nothing: what is set comes from the editor."""


def run(_: Namespace) -> int:
    """Serve on stdin and stdout until the editor is gone."""
    # Loading the protocol's types costs several times Python's own start.
    from livebook_ls.lsp.stdio import serve

    return serve(os.environ)
