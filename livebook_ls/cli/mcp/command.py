"""`mcp`: notebooks as tools for coding agents, by the Model Context Protocol on stdio."""

from __future__ import annotations

import asyncio
import os
from argparse import ArgumentParser, Namespace
from pathlib import Path

from livebook_ls.agents.guide import GUIDE
from livebook_ls.cli.arguments import livebook_address, notebook_files
from livebook_ls.cli.arguments.misuse import Misuse
from livebook_ls.cli.terminal import complain

EXAMPLES = """examples:
  livebook-ls hook --install claude --mcp    in this project; also: codex, cursor, gemini, vscode
  claude mcp add livebook -- livebook-ls mcp
  livebook-ls mcp --allow-run                run cells without asking each time

An agent starts it, by its own configuration. Nothing is run without a person's word: --allow-run,
or the answer to a question that the agent's client asks. Needs the extra livebook-ls[mcp].
"""
NOT_INSTALLED = (
    "The Model Context Protocol's SDK is not installed. Install livebook-ls with its extra, in a "
    "checkout: pipx install '.[mcp]' (the extra livebook-ls[mcp]), or the SDK beside it: "
    "pip install 'mcp>=2.1,<3'."
)


def add_arguments(parser: ArgumentParser) -> None:
    """What `mcp` takes."""
    livebook_address.add_arguments(parser)
    parser.add_argument(
        "--folder",
        metavar="FOLDER",
        default=".",
        help="the folder whose notebooks can be reached, and none outside of it (default: this)",
    )
    parser.add_argument(
        "--allow-run", action="store_true", help="run cells without asking a person each time"
    )


def run(options: Namespace) -> int:
    """Serve until the client has gone; 1 where the SDK is missing."""
    if not Path(options.folder).is_dir():
        raise Misuse(f"{options.folder}: there is no such folder")
    try:
        # Loaded by this command alone: it is optional, and takes its time.
        from livebook_ls.mcp import serving
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] not in ("mcp", "mcp_types", "pydantic"):
            raise
        complain(NOT_INSTALLED)
        return 1
    settings = serving.for_agents(livebook_address.settings(options))
    asyncio.run(
        serving.serve(
            options.folder,
            settings,
            lambda folder: notebook_files.find([folder]).notebooks,
            GUIDE,
            may_run=options.allow_run,
        )
    )
    # A request to Livebook may hang in a thread, and the client has gone.
    os._exit(0)
