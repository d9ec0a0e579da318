"""`import`: a Jupyter notebook, an Elixir script or plain Markdown made into a notebook."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from livebook_ls.cli.arguments.misuse import Misuse
from livebook_ls.cli.terminal import complain, printable
from livebook_ls.livebook import paths
from livebook_ls.notebook.converting.conversion import convert
from livebook_ls.notebook.converting.pieces import Unconvertible
from livebook_ls.sync.disk import regular_file
from livebook_ls.workspace.new_files import write_new

EXAMPLES = """examples:
  livebook-ls import analysis.ipynb              writes analysis.livemd beside it
  livebook-ls import analysis.ipynb --outputs    with what its cells gave, as far as that is text
  livebook-ls import guide.md -o notes/guide.livemd

Nothing is ever written over. Images in cells are written into the folder “files” beside the
notebook, where Livebook keeps attachments.
"""
_STDOUT = "-"


def add_arguments(parser: ArgumentParser) -> None:
    """What `import` takes."""
    parser.add_argument("file", metavar="FILE", help="an .ipynb, .exs or .md file")
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="the notebook to write (default: beside the file, of its name); - for stdout",
    )
    parser.add_argument(
        "--outputs", action="store_true", help="take the text outputs of a Jupyter notebook along"
    )


def run(options: Namespace) -> int:
    """Write the notebook and say where; 1 where there is none."""
    target = options.output or str(Path(options.file).with_suffix(".livemd"))
    if target != _STDOUT and not paths.is_notebook(target):
        raise Misuse("a notebook's name ends in .livemd: name one with -o")
    try:
        data = regular_file.read(options.file)
        made = convert(data, options.file, with_outputs=options.outputs)
        if isinstance(made, Unconvertible):
            complain(f"{options.file}: {made.sentence}")
            return 1
        if target != _STDOUT:
            write_new(made, target)
    except FileExistsError as error:
        complain(f"{error.filename}: It exists already; name another notebook with -o.")
        return 1
    except OSError as error:
        complain(f"{error.filename or options.file}: {error.strerror}")
        return 1
    if target == _STDOUT:
        print(made.text, end="")
    else:
        print(printable(target))
    return 0
