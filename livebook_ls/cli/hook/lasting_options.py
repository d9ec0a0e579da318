"""What `hook --install` was told that holds for each call: the options of what is installed."""

from __future__ import annotations

import os
import re
import shlex
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from livebook_ls.agents.configuration import entries
from livebook_ls.cli.arguments.misuse import Misuse
from livebook_ls.livebook.finding.addresses import BadAddress, read_address

# What means the same to every shell without quotes.
_PLAIN = re.compile(r"[\w@%+=:,./-]+", re.ASCII)


def for_hook(options: Namespace) -> list[str]:
    """Those of the hook. Raises Misuse where one must not stand in a file."""
    within = ["--within", f"{options.within:g}"] if options.within is not None else []
    verbose = ["--verbose"] if options.verbose else []
    runs = [entries.RUN_CHANGED] if options.run_changed else []
    return [*for_tools(options), *within, *verbose, *runs]


def for_tools(options: Namespace) -> list[str]:
    """Those that say where Livebook is. Raises Misuse where one must not stand in a file."""
    words = ["--url", _without_secret(options.url)] if options.url else []
    if options.ca_file:
        # An agent starts us in whatever folder.
        words += ["--ca-file", str(Path(options.ca_file).expanduser().absolute())]
    for it in options.map:
        words += ["--map", f"{it.editor}={it.livebook}"]
    return words


def quoted(words: Sequence[str]) -> str:
    """The words as one command line of this system."""
    if os.name != "nt":
        return shlex.join(words)
    return " ".join(it if _PLAIN.fullmatch(it) else _in_double_quotes(it) for it in words)


def _in_double_quotes(word: str) -> str:
    # Python's `list2cmdline` quotes for blanks alone, and shells read more. Backslashes count as
    # themselves but before a quote.
    escaped = re.sub(r'(\\+)(?="|$)', r"\1\1", word).replace('"', r"\"")
    return f'"{escaped}"'


def _without_secret(url: str) -> str:
    """The address as it may stand in a file that others read."""
    try:
        address = read_address(url, "--url")
        parts = urlsplit(url if "://" in url else f"http://{url}")
    except BadAddress as error:
        raise Misuse(str(error)) from None
    if "token" in parse_qs(parts.query, keep_blank_values=True) or "@" in parts.netloc:
        raise Misuse(
            "--url with a token would stand in a file and in the list of what runs, for others to "
            "read: leave it away, and set LIVEBOOK_URL to the whole address in the environment "
            "that the agent is started in"
        )
    return address.url
