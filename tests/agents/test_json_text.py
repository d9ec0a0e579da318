"""A JSON text is edited where it changes, and nowhere else."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livebook_ls.agents.configuration.json_text import changed
from tests.support.examples import tried

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=12,
)
FORMS = st.sampled_from([None, 0, 2, "\t"])


@tried(300)
@given(VALUES, VALUES, FORMS, st.booleans(), st.booleans())
def test_what_comes_out_says_what_was_wanted(
    old: Any, new: Any, indent: int | str | None, is_ascii: bool, is_crlf: bool
) -> None:
    text = json.dumps(old, indent=indent, ensure_ascii=is_ascii)
    text = f" {text}\n".replace("\n", "\r\n") if is_crlf else text

    assert json.loads(changed(text, old, new)) == new


@pytest.mark.slow
@tried(200)
@given(st.dictionaries(st.text(max_size=3), VALUES, min_size=1), VALUES, FORMS)
def test_what_was_added_goes_without_a_trace(
    old: dict[str, Any], value: Any, indent: int | str | None
) -> None:
    text = json.dumps(old, indent=indent)
    new = copy.deepcopy(old) | {"an added key": value}
    added = changed(text, old, new)

    assert changed(added, new, old) == text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            '{"a": 1e400, "b": 1.10, "c": [1,2 , 3]}',
            '{"a": 1e400, "b": 1.10, "c": [1,2 , 3], "n": 7}',
        ),
        ('{"b": 1.10}', '{"b": 1.10, "n": 7}'),
        ("{}", '{\n  "n": 7\n}'),
        ('{\n\t"a":0.0 ,\n\n\t"b" : -0\n}', '{\n\t"a":0.0 ,\n\n\t"b" : -0,\n\t"n": 7\n}'),
        ('{"a": "\\u00e9\\/"}', '{"a": "\\u00e9\\/", "n": 7}'),
        (f'{{"a": {"9" * 999}}}', f'{{"a": {"9" * 999}, "n": 7}}'),
        ('{\r\n    "a": null\r\n}', '{\r\n    "a": null,\r\n    "n": 7\r\n}'),
    ],
)
def test_all_else_stays_as_it_is_written(old: str, new: str) -> None:
    value = json.loads(old)

    assert changed(old, value, value | {"n": 7}) == new


def test_an_element_goes_with_its_comma_and_nothing_of_the_others() -> None:
    text = '{"a": [ 1.0,\n 2,\n 3 ]}'
    old = json.loads(text)

    assert changed(text, old, {"a": [1.0, 3]}) == '{"a": [ 1.0,\n 3 ]}'
    assert changed(text, old, {"a": [2, 3]}) == '{"a": [ 2,\n 3 ]}'
    assert changed(text, old, {"a": [1.0, 2]}) == '{"a": [ 1.0,\n 2 ]}'
