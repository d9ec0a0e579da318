"""JSON is read as Elixir reads it: stricter than Python here, laxer there."""

from __future__ import annotations

import pytest

from livebook_ls.notebook.elixir.json_decoding import InvalidJson, decode_base64_json, decode_json


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a":1,"a":2}', {"a": 1}),
        (' \t{"a": [1, 2.5, -0, null, true]} \n', {"a": [1, 2.5, 0, None, True]}),
        ('"\\ud83d\\ude00"', "😀"),
        ('"\\\\ud800"', "\\ud800"),
        ("1e5", 100000.0),
    ],
)
def test_reads_what_elixir_reads(text: str, value: object) -> None:
    assert decode_json(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "", "todo", "NaN", "-Infinity", "1e400", "01", "1.", "[1,]", '"\t"', '"\\ud800"',
        '"\\ude00"', '"\\ud83dx"', "{} x", "{a:1}", "'a'", "\ufeff{}", "[" * 5000,
    ],
)  # fmt: skip
def test_refuses_what_elixir_refuses(text: str) -> None:
    with pytest.raises(InvalidJson):
        decode_json(text)


def test_depth_and_length_do_not_matter() -> None:
    assert isinstance(decode_json("[" * 5000 + "]" * 5000), list)
    assert isinstance(decode_json('{"a":' * 3000 + "1" + "}" * 3000), dict)
    assert decode_json("1" * 5000) > decode_json("1" * 3000)  # type: ignore[operator]


@pytest.mark.parametrize("text", ["e30", "e30=", "W10", "MQ", "MQ=="])
def test_base64_needs_no_padding(text: str) -> None:
    assert decode_base64_json(text) in ({}, [], 1)


@pytest.mark.parametrize("text", ["", "e", "%%", "e30==", "YWJj", "6Q", "e 30"])
def test_broken_base64_is_refused(text: str) -> None:
    with pytest.raises(InvalidJson):
        decode_base64_json(text)
