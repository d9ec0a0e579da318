"""Whether people have edited a session, and what both sides come to, by its text and the base.

A session shows Livebook's form, without outputs and mostly without a stamp. Neither is an edit, so
that both are set aside before anything is compared.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from livebook_ls.notebook.markdown.parser_version import may_differ
from livebook_ls.notebook.merging.conflict import Take
from livebook_ls.notebook.merging.merge import Merged, merge
from livebook_ls.notebook.merging.plain_text import without_outputs
from livebook_ls.notebook.model import Cell, CellType
from livebook_ls.notebook.syncing.forecast import comes_to
from livebook_ls.sync.guarding.notebook_text import NotebookText, form_of

# So many lines at the end of half a text are another: one is cut off, and a fence closes it.
_TORN_LINES = 3
# Livebook writes emphasis with another sign.
_WORD = re.compile(r"[^\W_]+")


def is_edited(base: NotebookText, session: NotebookText) -> bool:
    """Whether people have changed the session since it held `base`.

    Never where it has lost all its sections: then it has read a file that was just being written.
    """
    if session.text == base.canonical:
        return False
    if has_lost_sections(base, session):
        return False
    if not session.says_same(base):
        return True
    # Signs and blanks count, where it is certain that they are no form.
    is_form_known = base.parser is not None or not may_differ(base.text)
    return is_form_known and _plain(session.body) != _plain(base.canonical)


def is_one_of(session: NotebookText, texts: Iterable[str]) -> bool:
    """Whether the session holds just what one of these says."""
    return any(session.text == it or session.body in form_of(it) for it in texts)


def has_lost_sections(base: NotebookText, session: NotebookText) -> bool:
    """Whether the session has none of the sections of `base`, as after reading half a file."""
    return bool(base.notebook.sections) and not session.notebook.sections


def has_read_unsent(session: NotebookText, saved: NotebookText, sent: Collection[str]) -> bool:
    """Whether the session holds just what was `saved`, though that is not among what was `sent`:
    told of a text before, Livebook has read this one in its place. What that had and this lacks
    nobody has deleted.
    """
    return saved.text not in sent and session.is_form_of(saved)


def unknown_text(held: NotebookText | None, session: NotebookText | None) -> NotebookText | None:
    """What the session holds, if that is known and says something else than we know of it."""
    if held is None or session is None or session.says_same(held):
        return None
    return session


def has_all_of(session: NotebookText, file: NotebookText, base: NotebookText | None = None) -> bool:
    """Whether nothing that the file says would be new to the session; people may have gone on
    there since it had what the file has, given what both go out from.
    """
    if has_lost_sections(file, session):
        return False
    if session.text == file.canonical or not is_edited(file, session):
        return True
    if base is None:
        return False
    return merged_with_session(base, file.text, session).text == session.body


def was_typed(file: NotebookText, session: NotebookText, typed: Collection[str]) -> bool:
    """Whether what the file has more than the session was `typed` there, into cells of sections
    that both have: whoever typed it has gone on, or taken it back, since Livebook saved it.
    """
    if [it.name for it in file.notebook.sections] != [it.name for it in session.notebook.sections]:
        return False
    more, spoken = _sources(file) - _sources(session), _as_typed(typed)
    added = [it for it in file.notebook.cells if it.source in more]
    return bool(added) and all(_text(it) in spoken for it in added)


def is_passed(
    file: NotebookText, session: NotebookText, base: NotebookText | None, typed: Collection[str]
) -> bool:
    """Whether the file has what the session had a moment ago and people have gone on from: it has
    all of that still, or it was half `typed`.
    """
    return has_all_of(session, file, base) or was_typed(file, session, typed)


def is_passed_unheard(
    file: NotebookText, session: NotebookText, base: NotebookText | None, typed: Collection[str]
) -> bool:
    """The same for who has not joined the session: people may also only have typed on, where its
    cells have all signs of the file's, in their order. Where a `base` is known, the file must have
    more than that: somebody may have brought back what there was before.
    """
    if is_passed(file, session, base, typed):
        return True
    if base is not None and not has_news(file, base):
        return False
    cells, theirs = file.notebook.cells, session.notebook.cells
    names, others = ([it.name for it in text.notebook.sections] for text in (file, session))
    if names != others or [it.type for it in cells] != [it.type for it in theirs]:
        return False
    return all(_is_in(it.source, now.source) for it, now in zip(cells, theirs, strict=True))


def typed_cells(file: NotebookText, typed: Collection[str]) -> Iterator[Cell]:
    """The cells that have in the file what cells of the session had as somebody `typed` there."""
    spoken = _as_typed(typed)
    return (it for it in file.notebook.cells if _text(it) in spoken)


def has_news(file: NotebookText, before: NotebookText) -> bool:
    """Whether the file has a word, or a sign that stands alone, more often than `before`."""
    return bool(Counter(file.body.split()) - Counter(before.body.split()))


def is_older(file: NotebookText, before: NotebookText) -> bool:
    """Whether the file lacks words that there were before, and has none in their place: somebody
    may have brought an older text back.
    """
    return has_news(before, file) and not has_news(file, before)


def is_autosave(held: NotebookText | None, reading: NotebookText, after: NotebookText) -> bool:
    """Whether a file that was found `after` a sync of `reading`, whose session held `held`, has
    that, or what people edited there, and is not what came of reading one that was just being
    written.
    """
    if held is None:
        return False
    if after.is_form_of(held):
        return True
    if not after.gone_in(held) or not after.gone_in(reading):
        return False
    lines, sent = after.body.rstrip().split("\n"), reading.canonical.rstrip().split("\n")
    # What is torn lacks the end; what has all of it, at the very end too, somebody has added to.
    rest = iter(lines)
    if all(any(it.startswith(line) for it in rest) for line in sent):
        return True
    whole = lines[:-_TORN_LINES]
    return whole != sent[: len(whole)]


def base_after(
    held: NotebookText | None,
    reading: NotebookText,
    after: NotebookText,
    session: NotebookText | None,
) -> NotebookText:
    """What a session that `held` something had after it read `reading`, before anybody edits it.

    It is what it shows, where that says no more than is in the file as it was `after`, or is just
    what was foreseen to come of it. The file may have what people had typed by then, too: that is
    nothing that its editor goes out from.
    """
    is_typed = (
        held is not None
        and is_edited(reading, after)
        and not comes_to(held.body, reading.body, after.body)
    )
    before = reading if is_typed else after
    if session is None or not session.notebook.sections:
        return before
    if not is_edited(before, session):
        return session
    is_foreseen = held is not None and comes_to(held.body, reading.body, session.body)
    return session if is_foreseen else before


def merged_with_session(base: NotebookText | None, ours: str, session: NotebookText) -> Merged:
    """`ours` and the `session` made one, given the text that both go out from, where one is known.

    The result keeps the form in which `ours` is written, wherever the session says the same.
    """
    if base is None:
        theirs = _in_form_of(NotebookText(ours), session)
        return merge(None, ours, theirs)
    return merge(_plain(base.text), ours, _in_form_of(base, session))


def _in_form_of(before: NotebookText, session: NotebookText) -> str:
    """The session's text, with all that it has from `before` written as it is there."""
    if before.is_canonical:
        return session.body
    form = merge(_plain(before.canonical), _plain(before.text), session.body)
    return form.resolved_all(Take.THEIRS).text


def _is_in(signs: str, text: str) -> bool:
    """Whether all signs are in the text, in their order."""
    rest = iter(text)
    return all(sign in rest for sign in signs)


def _sources(text: NotebookText) -> Counter[str]:
    return Counter(it.source for it in text.notebook.cells)


def _text(cell: Cell) -> tuple[str, ...]:
    return _words(cell.source) if cell.type is CellType.MARKDOWN else _signs(cell.source)


def _as_typed(typed: Collection[str]) -> set[tuple[str, ...]]:
    """What cells that had these texts may say, whatever they are."""
    return {say(it) for it in typed for say in (_words, _signs)}


def _words(text: str) -> tuple[str, ...]:
    # Livebook writes Markdown in its own form.
    return tuple(_WORD.findall(text))


def _signs(text: str) -> tuple[str, ...]:
    # And code as Elixir's formatter does, which moves blanks and line ends.
    return ("".join(text.split()),)


def _plain(text: str) -> str:
    return without_outputs(text)
