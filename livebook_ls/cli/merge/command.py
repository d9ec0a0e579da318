"""`merge`: three versions of a notebook made one, cell by cell."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace

from livebook_ls.cli.arguments.notebook_versions import UnreadableVersion, read
from livebook_ls.cli.earlier_texts import EarlierTexts
from livebook_ls.cli.merge.conflict_lines import STALE, conflict_lines, described
from livebook_ls.cli.merge.renewal import renewed
from livebook_ls.notebook.merging.conflict import Take
from livebook_ls.notebook.merging.merge import Merged, merge

EXAMPLES = """examples:
  livebook-ls merge base.livemd mine.livemd theirs.livemd -o mine.livemd
  livebook-ls merge /dev/null mine.livemd theirs.livemd --json     each difference, as a conflict
  livebook-ls merge base.livemd mine.livemd theirs.livemd --take both > all.livemd

Nothing is written while there are conflicts, unless --take or --markers says how. Outputs and
stamps are no conflicts. `livebook-ls merge-driver --install` lets git merge notebooks so.
"""


def add_arguments(parser: ArgumentParser) -> None:
    """What `merge` takes."""
    parser.add_argument("base", metavar="BASE", help="what both began as, or an empty file")
    parser.add_argument("ours", metavar="OURS", help="one version")
    parser.add_argument("theirs", metavar="THEIRS", help="the other one")
    parser.add_argument("-o", "--output", metavar="FILE", help="write there and not to stdout")
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--take",
        choices=[it.value for it in Take],
        help="settle conflicts: ours, theirs, or both, one after the other as cells",
    )
    how.add_argument("--markers", action="store_true", help="write git's markers at conflicts")
    how.add_argument("--json", action="store_true", help="print text and conflicts as JSON")


def run(options: Namespace) -> int:
    """Write what was merged; 1 where conflicts are left, or a file can't be read or written."""
    try:
        base, ours, theirs = map(read, (options.base, options.ours, options.theirs))
    except UnreadableVersion as error:
        print(error, file=sys.stderr)
        return 1
    merged = merge(base, ours, theirs)
    if options.json:
        print(json.dumps(_described(merged, ours, theirs), ensure_ascii=False))
        return 0 if merged.is_clean else 1
    takes = {
        at: Take(options.take)
        for at, it in enumerate(merged.conflicts)
        if options.take and (it.can_keep_both or options.take != Take.BOTH.value)
    }
    is_left = len(takes) < len(merged.conflicts)
    if is_left:
        print("\n".join(conflict_lines(merged, ours, options.ours)), file=sys.stderr)
        if not options.markers:
            return 1
    result = merged.resolved(takes)
    if not is_left:
        result = renewed(result, (ours, theirs))
    if result.is_stale:
        print(f"{options.output or options.ours}: {STALE}", file=sys.stderr)
    text = merged.marked({}) if is_left else result.text
    return max(int(is_left), _write(text, options.output))


def _write(text: str, output: str | None) -> int:
    if output in (None, "-"):
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8"))
        return 0
    try:
        EarlierTexts().write(str(output), text.encode("utf-8"))
    except OSError as error:
        print(f"{output}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def _described(merged: Merged, ours: str, theirs: str) -> dict[str, object]:
    result = merged.resolved({})
    if merged.is_clean:
        result = renewed(result, (ours, theirs))
    return {
        "text": result.text if merged.is_clean else None,
        "stale_stamp": result.is_stale,
        "conflicts": [described(it, ours, theirs) for it in merged.conflicts],
    }
