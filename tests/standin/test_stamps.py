"""The stand-in's stamps: valid only byte for byte, and only where their offset says."""

from __future__ import annotations

import json
import re

import pytest

from livebook_ls.standin.sessions.stamps import StampedText, Stamps

BODY = "# ノート\n\n## S\n"


@pytest.fixture
def stamps() -> Stamps:
    return Stamps()


def test_stamp_has_the_recorded_form(stamps: Stamps) -> None:
    comment = stamps.stamp(BODY).removeprefix(BODY)
    found = re.fullmatch(r"\n<!-- livebook:(\{.*\}) -->\n", comment)

    assert found is not None
    value = json.loads(found.group(1))
    assert list(value) == ["offset", "stamp"]
    assert list(value["stamp"]) == ["token", "version"]
    assert value["offset"] == len(BODY.encode())
    assert re.fullmatch(r"XCP\.[\w-]{104}", value["stamp"]["token"])


def test_every_stamp_is_another_one(stamps: Stamps) -> None:
    assert stamps.stamp(BODY) != stamps.stamp(BODY)


def test_own_stamp_is_valid(stamps: Stamps) -> None:
    assert stamps.take_apart(stamps.stamp(BODY)) == StampedText(BODY, True, True)


def test_final_newline_does_not_matter(stamps: Stamps) -> None:
    assert stamps.take_apart(stamps.stamp(BODY).rstrip("\n")).is_valid


def test_text_without_stamp_is_its_own_body(stamps: Stamps) -> None:
    assert stamps.take_apart(BODY) == StampedText(BODY, False, False)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# ノート", "# ノート!"),
        ("## S", "## T"),
        ("\n", "\r\n"),
        ('"offset":', '"offset":1'),
        ("XCP.", "XCP.A"),
        ('"version":2', '"version":1'),
    ],
)
def test_changed_text_makes_the_stamp_stale(stamps: Stamps, old: str, new: str) -> None:
    taken = stamps.take_apart(stamps.stamp(BODY).replace(old, new))

    assert taken.has_stamp
    assert not taken.is_valid


def test_stamp_of_another_livebook_is_not_valid(stamps: Stamps) -> None:
    assert not stamps.take_apart(Stamps().stamp(BODY)).is_valid
