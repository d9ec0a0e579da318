"""`export`: a notebook as a script, as Markdown without anything of Livebook's, or Jupyter's."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

from livebook_ls.cli.arguments.misuse import Misuse
from livebook_ls.cli.arguments.notebook_files import STDIN
from livebook_ls.cli.earlier_texts import EarlierTexts
from livebook_ls.cli.terminal import complain
from livebook_ls.livebook import paths
from livebook_ls.notebook.converting.jupyter_writing import jupyter_text
from livebook_ls.notebook.extracts import elixir_script, plain_markdown, python_script
from livebook_ls.notebook.hazard import Severity
from livebook_ls.notebook.inspection import inspect_unwritten
from livebook_ls.sync.disk import regular_file

EXAMPLES = """examples:
  livebook-ls export analysis.livemd --to exs -o analysis.exs
  livebook-ls export analysis.livemd --to md | less
  livebook-ls export analysis.livemd --to ipynb --outputs -o analysis.ipynb

In a script, sections, Markdown and cells of other languages are comments, and so are Elixir cells
in branches. A Jupyter notebook can be imported again without loss, but for the stamp.
Outputs are left out, unless they are asked for.
"""
_JUPYTER = "ipynb"
_MAKERS: dict[str, tuple[Callable[[str], str | None], str]] = {
    "exs": (elixir_script, "Elixir"),
    "md": (plain_markdown, ""),
    "py": (python_script, "Python"),
}


class _NoExport(Exception):
    """Why there is no export."""


def add_arguments(parser: ArgumentParser) -> None:
    """What `export` takes."""
    parser.add_argument("file", metavar="FILE", help="a notebook, or - for stdin")
    parser.add_argument(
        "--to", choices=sorted((*_MAKERS, _JUPYTER)), required=True, help="what to make of it"
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="write there and not to stdout")
    parser.add_argument(
        "--outputs", action="store_true", help="with --to ipynb: what the cells gave, as text"
    )


def run(options: Namespace) -> int:
    """Write the export; 1 where there is none."""
    if options.outputs and options.to != _JUPYTER:
        raise Misuse("--outputs goes with --to ipynb")
    try:
        made = _made(options.file, options.to, with_outputs=options.outputs)
        is_said = options.output in (None, "-")
        if not is_said:
            _write(options.file, options.output, made)
    except OSError as error:
        complain(f"{error.filename or options.file}: {error.strerror}")
        return 1
    except _NoExport as error:
        complain(f"{options.file}: {error}")
        return 1
    if is_said:
        print(made, end="")
    return 0


def _made(file: str, to: str, *, with_outputs: bool) -> str:
    """The export; _NoExport says why there is none."""
    data = sys.stdin.buffer.read() if file == STDIN else regular_file.read(file)
    if file != STDIN and not paths.is_notebook(file):
        raise _NoExport("This is not a .livemd notebook.")
    inspected = inspect_unwritten(data)
    fatal = next((it for it in inspected.hazards if it.severity is Severity.CRASH), None)
    if fatal is not None:
        line = inspected.source.line_at(fatal.span.start) + 1
        raise _NoExport(f"Line {line}: {fatal.message}")
    if to == _JUPYTER:
        return jupyter_text(inspected.source.text, with_outputs=with_outputs)
    make, language = _MAKERS[to]
    made = make(inspected.source.text)
    if made is None:
        raise _NoExport(f"There are no {language} cells in this notebook.")
    return made


def _write(file: str, output: str, made: str) -> None:
    target = Path(output)
    if file != STDIN and target.exists() and target.samefile(file):
        raise _NoExport("The export would write over the notebook itself.")
    EarlierTexts().write(output, made.encode("utf-8"))
