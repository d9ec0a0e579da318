"""What Livebook still has to write passes before it is told to read, and is known when it comes;
time is turned by hand.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from livebook_ls import clock
from livebook_ls.notebook.exporting.canonical import canonical
from livebook_ls.notebook.exporting.parser_probe import PROBE
from livebook_ls.notebook.markdown.parser_version import ParserVersion
from livebook_ls.sync.disk.notebook_file import Snapshot, Version
from livebook_ls.sync.exchange.write_back import Aftermath, compare, let_pass, unmoved
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.link import NotebookLink
from tests.conftest import CANONICAL
from tests.support.turned_clock import TurnedClock

EDITED = CANONICAL.replace("1 + 1", "2 + 2")
LAST = CANONICAL.replace("1 + 1", "3 + 3")
VERSION = Version(mtime_ns=1, size=1, inode=1)
NEVER_SAVED = f'<!-- livebook:{{"autosave_interval_s":null}} -->\n\n{CANONICAL}'


def opened(link: NotebookLink) -> None:
    """A new session, which Livebook saves after 5 s."""
    link.note_opened(NotebookText(CANONICAL))


def synced(link: NotebookLink) -> None:
    """A sync whose write-back was not seen in time."""
    opened(link)
    link.held, link.awaits_write_back = NotebookText(EDITED), True
    link.note_sent(EDITED)


def written_back(link: NotebookLink) -> None:
    """A sync whose write-back was seen."""
    synced(link)
    link.awaits_write_back = False


def never_written_back(link: NotebookLink) -> None:
    """A sync of a notebook that doesn't save itself."""
    synced(link)
    link.held = NotebookText(NEVER_SAVED)


async def waits(
    path: Path, begin: Callable[[NotebookLink], None], after_s: float, writes: dict[float, str]
) -> float:
    """For how long a save made `after_s` after the beginning waits while others write."""
    turned = TurnedClock()
    with clock.using(turned):
        link = NotebookLink(str(path), lambda _: None)
        begin(link)
        await turned.advance(after_s)
        path.write_text(LAST, encoding="utf-8")  # noqa: ASYNC240 — a small file
        began_s = turned.now_s
        passing = asyncio.create_task(let_pass(link))
        while not passing.done():
            await turned.advance(0.01)
            for moment_s in [it for it in writes if turned.now_s - began_s >= it]:
                path.write_text(writes.pop(moment_s), encoding="utf-8")  # noqa: ASYNC240
        return turned.now_s - began_s


@pytest.mark.parametrize(
    ("begin", "after_s", "writes", "shortest_s", "longest_s"),
    [
        (opened, 1.0, {}, 0, 0.02),
        (opened, 4.98, {0.1: CANONICAL}, 0.1, 0.2),
        (opened, 4.98, {}, 0.3, 0.4),
        (opened, 6.0, {}, 0, 0.02),
        (synced, 0.3, {1.0: EDITED}, 1.0, 1.1),
        (synced, 0.3, {0.5: CANONICAL, 1.0: EDITED}, 1.0, 1.1),
        (synced, 0.3, {}, 1.7, 1.8),
        (synced, 3.0, {}, 0, 0.02),
        (written_back, 0.3, {}, 0, 0.02),
        (never_written_back, 0.3, {}, 0, 0.02),
    ],
    ids=[
        "long before the first save",
        "just before the first save",
        "the first save does not come",
        "long after the first save",
        "a late write-back",
        "somebody else writes before it",
        "a write-back that does not come",
        "too long ago",
        "nothing is due",
        "a notebook that is not saved",
    ],
)
def test_a_save_waits_for_what_is_due_and_no_longer(
    tmp_path: Path,
    begin: Callable[[NotebookLink], None],
    after_s: float,
    writes: dict[float, str],
    shortest_s: float,
    longest_s: float,
) -> None:
    path = tmp_path / "note.livemd"
    path.write_text(CANONICAL, encoding="utf-8")
    waited_s = asyncio.run(waits(path, begin, after_s, dict(writes)))

    assert shortest_s <= waited_s <= longest_s


STAMP = '<!-- livebook:{"offset":58,"stamp":{"token":"XCP.1","version":1}} -->\n'


@pytest.mark.parametrize(
    ("saved", "found"),
    [
        (CANONICAL, f"{CANONICAL}\n{STAMP}"),
        (f"{CANONICAL}\n{STAMP}", CANONICAL),
        (CANONICAL.replace("1 + 1", "1+1  "), CANONICAL.replace("1 + 1", "1+1  ")),
        (f"{CANONICAL}\n*  a\n*  b\n", f"{CANONICAL}\n* a\n* b\n"),
        # Written by a Livebook whose parser isn't known, which is why its form isn't foreseen.
        (PROBE, canonical(PROBE, ParserVersion.V1_4_46)),
    ],
    ids=["stamped", "no longer stamped", "as it was", "in its form", "in a form of either parser"],
)
def test_the_same_notebook_in_livebooks_hand_is_the_same(saved: str, found: str) -> None:
    assert compare(NotebookText(saved), NotebookText(found), ()) is Aftermath.SAME


@pytest.mark.parametrize("found", [LAST, f"{CANONICAL}\n*  a\n", f"{PROBE}\n*  a\n"])
def test_what_says_something_else_has_changed(found: str) -> None:
    assert compare(NotebookText(CANONICAL), NotebookText(found), ()) is Aftermath.CHANGED


def test_livebooks_form_of_an_earlier_save_lies_over_the_last() -> None:
    assert compare(NotebookText(LAST), NotebookText(EDITED), (EDITED,)) is Aftermath.OVERWRITTEN


@pytest.mark.parametrize(("written", "is_unmoved"), [(CANONICAL, True), (EDITED, False)])
def test_only_another_stamp_is_no_change(written: str, *, is_unmoved: bool) -> None:
    stamps = [f'<!-- livebook:{{"offset":{len(CANONICAL)},"stamp":"{it}"}} -->' for it in "ab"]
    link = NotebookLink("/n.livemd", lambda _: None)
    link.known = Snapshot.of(f"{CANONICAL}\n{stamps[0]}\n", VERSION)

    found = unmoved(link, Snapshot.of(f"{written}\n{stamps[1]}\n", VERSION))
    assert (found is not None) == is_unmoved


def test_what_is_no_text_is_no_other_stamp() -> None:
    link = NotebookLink("/n.livemd", lambda _: None)
    link.known = Snapshot.of(CANONICAL, VERSION)

    assert unmoved(link, Snapshot(b"\xff", VERSION)) is None
    link.known = Snapshot(b"\xff", VERSION)
    assert unmoved(link, Snapshot.of(CANONICAL, VERSION)) is None
