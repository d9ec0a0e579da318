"""Why an edit is not made, in the sentence that whoever asked for it reads. Nothing was changed."""

from __future__ import annotations

from enum import Enum


class RefusalReason(Enum):
    """What kind of reason it is; the values are told to programs."""

    NO_SUCH_PART = "no-such-part"
    NO_MATCH = "no-match"
    SEVERAL_MATCHES = "several-matches"
    NOTHING_TO_DO = "nothing-to-do"
    NOT_FOR_THIS_PART = "not-for-this-part"
    READ_OTHERWISE = "read-otherwise"
    TOO_LARGE = "too-large"


NO_PROSE = (
    "Livebook would not read this Markdown as one cell with just this text. Headings in it begin "
    "at ### (sections are inserted as such), a comment needs its end and must not begin with "
    "`livebook:`, and a fence needs its end."
)


class EditRefusal(Exception):
    """Nothing was changed; `handle` is the part that it is about, if it is about one."""

    def __init__(self, reason: RefusalReason, sentence: str, handle: str = "") -> None:
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence
        self.handle = handle


def no_such_part(handle: str) -> EditRefusal:
    """No cell or section is called so."""
    return EditRefusal(
        RefusalReason.NO_SUCH_PART,
        f"There is no cell or section “{handle}” (any more). Read the notebook for its handles.",
        handle,
    )


def no_match(handle: str) -> EditRefusal:
    """The passage to replace is not there."""
    return EditRefusal(
        RefusalReason.NO_MATCH,
        f"The old text does not stand in {handle}. Take it from the cell's present text, "
        "exactly, with its spaces and line breaks.",
        handle,
    )


def several_matches(handle: str, lines: list[int]) -> EditRefusal:
    """The passage to replace stands there several times; `lines` of the cell count from 1."""
    named = ", ".join(map(str, lines[:10]))
    more = " …" if len(lines) > 10 else ""
    return EditRefusal(
        RefusalReason.SEVERAL_MATCHES,
        f"The old text stands {len(lines)} times in {handle}, beginning in lines {named}{more} of "
        "the cell. Give more of the text around it, so that it matches once.",
        handle,
    )


def nothing_to_match(handle: str) -> EditRefusal:
    """An empty passage stands everywhere."""
    return EditRefusal(
        RefusalReason.NO_MATCH,
        f"The old text is empty, which matches everywhere in {handle}. Give the passage to "
        "replace, or replace the cell's whole source.",
        handle,
    )


def not_for(handle: str, why: str) -> EditRefusal:
    """The operation is none for this kind of part."""
    return EditRefusal(RefusalReason.NOT_FOR_THIS_PART, why, handle)


def read_otherwise(handle: str, why: str) -> EditRefusal:
    """Livebook's importer would read back something else than what was given."""
    return EditRefusal(RefusalReason.READ_OTHERWISE, why, handle)


def no_prose(handle: str) -> EditRefusal:
    """What is given would not be one Markdown cell."""
    return read_otherwise(handle, NO_PROSE)


def too_large(characters: int, most: int) -> EditRefusal:
    """More text than a notebook's cells are for."""
    return EditRefusal(
        RefusalReason.TOO_LARGE,
        f"{characters:,} characters in one edit are too many; {most:,} are the most. Put data into "
        "a file beside the notebook and read it from there.",
    )
