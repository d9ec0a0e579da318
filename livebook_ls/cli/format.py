"""`format`: notebooks in the form that Livebook itself writes, where nothing is lost by it."""

from __future__ import annotations

import asyncio
import os
import sys
from argparse import ArgumentParser, Namespace
from collections import deque
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING

from livebook_ls.cli import cell_code, terminal
from livebook_ls.cli.arguments import livebook_address, notebook_files
from livebook_ls.cli.earlier_texts import EarlierTexts
from livebook_ls.cli.many import one_per_core
from livebook_ls.cli.many.progress import ProgressBar, progress
from livebook_ls.cli.terminal import BOLD, CYAN, GREEN, RED, Paint, complain, printable
from livebook_ls.livebook import paths
from livebook_ls.livebook.errors import LivebookError
from livebook_ls.sync.canonical.before_save import Form
from livebook_ls.sync.canonical.on_request import Forms, is_in_form
from livebook_ls.sync.disk.notebook_file import Snapshot
from livebook_ls.sync.telling import findings
from livebook_ls.sync.telling.findings import Finding, FindingSeverity
from livebook_ls.sync.telling.stamps import is_about_stamp

if TYPE_CHECKING:
    from livebook_ls.intelligence.asking import Intelligence

EXAMPLES = """examples:
  livebook-ls format                    every notebook below the current folder
  livebook-ls format --check            change nothing; exit code 1 where something would change
  livebook-ls format --diff a.livemd    change nothing; show what would change
  livebook-ls format --cells            the code of the cells as well, as mix format writes it

A running Livebook makes the form; what is surely in it already needs none. A notebook that would
lose something by it is left alone.
"""
_STDIN = "<stdin>"
_DIFF_COLOURS = {"-": RED, "+": GREEN, "@": CYAN}


def add_arguments(parser: ArgumentParser) -> None:
    """What `format` takes."""
    notebook_files.add_arguments(parser)
    parser.add_argument("--check", action="store_true", help="change nothing, only tell")
    parser.add_argument("--diff", action="store_true", help="change nothing, show what would be")
    parser.add_argument("--quiet", action="store_true", help="tell only what went wrong")
    cell_code.add_arguments(parser, "bring the code of the cells into mix format's form, too")
    livebook_address.add_arguments(parser)


def run(options: Namespace) -> int:
    """Format the notebooks; 1 where one was left alone, or with `--check` isn't formatted."""
    named = notebook_files.find_or_stdin(options.paths)
    files, code = named.notebooks, int(bool(named.problems))
    return max(code, asyncio.run(_Formatting(options).all(files))) if files else code


class _Formatting:
    """One run: what was asked for, and how it goes."""

    def __init__(self, options: Namespace) -> None:
        self.options = options
        self.paint = terminal.painter()
        self.code = 0
        self.earlier = EarlierTexts()

    async def all(self, files: Sequence[str]) -> int:
        """Format each; one that fails does not stop the next, a missing Livebook does."""
        if not self.options.cells:
            return await self.each(files, None)
        async with cell_code.helpers(self.options) as intelligence:
            return 1 if intelligence is None else await self.each(files, intelligence)

    async def each(self, files: Sequence[str], intelligence: Intelligence | None) -> int:
        forms = Forms(livebook_address.settings(self.options), os.environ)
        try:
            if list(files) == [notebook_files.STDIN]:
                await self.stdin(forms, intelligence)
            else:
                with progress(len(files)) as shown:
                    await self.files(forms, files, intelligence, shown)
        except LivebookError as error:
            complain(error.sentence)
            return 1
        finally:
            forms.close()
        return self.code

    async def stdin(self, forms: Forms, intelligence: Intelligence | None) -> None:
        """Write what comes on stdin to stdout, in Livebook's form where there is one."""
        data = sys.stdin.buffer.read()
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            self.fail(_STDIN, findings.not_utf8().sentence)
            return
        helped = await cell_code.formed(intelligence, "", text) if intelligence else text
        form = await forms.of_text(helped)
        if form.text is None:
            self.refuse(_STDIN, form.why_not)
            if self.code:
                return
        elif self.options.check and form.text != text:
            self.code = 1
        if self.options.diff:
            _print_diff(_STDIN, text, form.text or text, self.paint)
        elif not self.options.check:
            sys.stdout.buffer.write((form.text or text).encode("utf-8"))

    async def files(
        self,
        forms: Forms,
        files: Sequence[str],
        intelligence: Intelligence | None,
        shown: ProgressBar,
    ) -> None:
        """Bring each into form; Livebook is asked for those alone that are not surely in it."""
        asked: deque[str] = deque()

        def unsettled() -> Iterator[str]:
            # Nobody knows the form of their code before.
            are_settled = repeat(False) if intelligence else one_per_core.each(files, is_in_form)
            for file, is_settled in zip(files, are_settled, strict=False):
                if is_settled:
                    shown.step()
                else:
                    asked.append(file)
                    yield paths.expanded(file)

        before = partial(cell_code.formed, intelligence) if intelligence else None
        async for found in forms.of_files(unsettled(), before):
            shown.make_room()
            self.take(asked.popleft(), found)
            shown.step()

    def take(self, file: str, found: tuple[Snapshot, Form] | OSError) -> None:
        """Write the file in its form, or tell, as was asked."""
        if isinstance(found, OSError):
            reason = (found.strerror or type(found).__name__).lower()
            self.fail(file, findings.file_unreadable_here(reason).sentence)
            return
        seen, form = found
        if form.text is None:
            self.refuse(file, form.why_not)
        elif form.text != seen.text:
            self.change(file, seen, form.text)

    def change(self, file: str, seen: Snapshot, text: str) -> None:
        if self.options.diff:
            _print_diff(file, seen.text or "", text, self.paint)
        if self.options.check:
            self.code = 1
        if self.options.check or self.options.diff:
            if not self.options.diff:
                self.tell(file, "would be formatted")
        elif why_not := self.earlier.replace(file, seen, text.encode("utf-8")):
            self.fail(file, f"Left alone, for {why_not}.")
        else:
            self.tell(file, "formatted")

    def refuse(self, file: str, why: Finding | None) -> None:
        """No form; only a stamp of others, which must not be broken, is nobody's fault."""
        is_stamp = why is not None and is_about_stamp(why)
        if why is not None and is_stamp and why.severity is FindingSeverity.INFORMATION:
            complain(f"{file}: Left alone. {why.sentence}")
        else:
            self.fail(file, why.sentence if why else "")

    def tell(self, file: str, what: str) -> None:
        if not self.options.quiet:
            print(f"{self.paint(printable(file), BOLD)}: {what}")

    def fail(self, file: str, sentence: str) -> None:
        complain(f"{file}: {sentence}")
        self.code = 1


def _print_diff(file: str, old: str, new: str, paint: Paint) -> None:
    from difflib import unified_diff

    lines = unified_diff(
        old.split("\n"), new.split("\n"), file, f"{file} as Livebook writes it", lineterm=""
    )
    for line in lines:
        print(paint(printable(line), _DIFF_COLOURS.get(line[:1], "")))
