"""Parameters of notebooks: which there are, and what other values make of the text."""

from __future__ import annotations

import pytest

from livebook_ls.notebook.importing.importer import parse
from livebook_ls.notebook.parameters import UnfitParameterError, parameters, with_parameters


def notebook_of(*cells: str, language: str = "elixir") -> str:
    blocks = "\n\n".join(f"```{language}\n{cell}\n```" for cell in cells)
    return f"# Note\n\n## Section\n\n{blocks}\n"


def names(text: str) -> list[str]:
    return [it.name for it in parameters(parse(text), text)]


def given(text: str, **values: str) -> str:
    return with_parameters(parse(text), text, values)


@pytest.mark.parametrize(
    ("literal", "value", "written"),
    [
        ('"Ann"', "Bob", '"Bob"'),
        ('"Ann"', 'say "hi" #{x}\\', '"say \\"hi\\" \\#{x}\\\\"'),
        ('"Ann"', "12", '"12"'),
        ('"Ann"', "", '""'),
        ("10", "-1_000", "-1_000"),
        ("10", "2.5e3", "2.5e3"),
        ("0xFF", "7", "7"),
        ("true", "false", "false"),
        (":fast", "slow", ":slow"),
        (":fast", ":slow", ":slow"),
        ('"Ann"', ":slow", '":slow"'),
        ("nil", "3", "3"),
        ("nil", ":a", ":a"),
        ("nil", "words", '"words"'),
    ],
)
def test_a_value_is_written_as_its_parameter_needs_it(
    literal: str, value: str, written: str
) -> None:
    assert given(notebook_of(f"name = {literal}"), name=value) == notebook_of(f"name = {written}")


@pytest.mark.parametrize(
    ("literal", "value"),
    [("10", "ten"), ("10", "1 + 1"), ("true", "yes"), (":fast", "1 2"), ("10", ""), ("10", "1\n")],
)
def test_a_value_of_another_kind_is_refused(literal: str, value: str) -> None:
    with pytest.raises(UnfitParameterError, match="`name` is"):
        given(notebook_of(f"name = {literal}"), name=value)


def test_an_unknown_name_is_told_with_those_there_are() -> None:
    text = notebook_of("rows = 10", 'file = "a.csv"')

    with pytest.raises(UnfitParameterError, match=r"`row = …`.*There are: rows, file\."):
        given(text, row="1")


def test_of_a_name_that_is_set_twice_the_first_is_the_parameter() -> None:
    text = notebook_of("rows = 10", "rows = 20")

    assert given(text, rows="1") == notebook_of("rows = 1", "rows = 20")


def test_several_values_keep_each_others_places() -> None:
    text = notebook_of('a = "x"\nb = 1', "c = nil")

    assert given(text, c="true", a="longer than before", b="22") == notebook_of(
        'a = "longer than before"\nb = 22', "c = true"
    )


def test_lines_of_an_indented_fence_and_of_windows_are_kept() -> None:
    text = "# Note\r\n\r\n## Section\r\n\r\n```elixir\r\nrows = 10\r\nrows + 1\r\n```\r\n"

    assert given(text, rows="5") == text.replace("10", "5")


@pytest.mark.parametrize(
    "code",
    [
        "if true do\n  rows = 10\nend",
        "fun = fn ->\n  rows = 10\nend",
        "[\n  rows = 10\n]",
        '"""\nrows = 10\n"""',
        "'''\nrows = 10\n'''",
        "~S'''\nrows = 10\n'''",
        "~s(\nrows = 10\n)",
        '"#{f("\n")}\nrows = 10\n"',
        "# rows = 10",
        "y =\n  rows = 10",
        "y = 1 +\n  rows = 10",
        "rows = 10 + 1",
        "rows = 10\n|> inc()",
        "rows = 10\n  # words\n\n  |> inc()",
        "rows = [1]",
        "rows == 10",
        "Rows = 10",
        "@rows 10",
        "rows = ~s(10)",
        'rows = "#{x}"',
        'rows = """\n10\n"""',
        "defmodule A do\n  def b do\n    rows = 10\n  end\nend",
        "<<a,\nrows = 10\n>>",
    ],
)
def test_what_is_no_top_level_literal_is_no_parameter(code: str) -> None:
    assert "rows" not in names(notebook_of(code))


@pytest.mark.parametrize(
    "code",
    [
        "rows = 10 # how many",
        "rows=10",
        "a = 1; rows = 10",
        "if true, do: :a\nrows = 10",
        "if true do\n  :a\nend\nrows = 10",
        "x = fn -> :end end\nrows = 10",
        "m = %{end: 1, do: 2}\nrows = 10",
        "r = range.end\nrows = 10",
        'c = ?"\nrows = 10',
        "c = ?(\nrows = 10",
        's = "#{"}"}"\nrows = 10',
        '~r/("/\nrows = 10',
        'a = :"("\nrows = 10',
        "x = 1 <<< 2\nrows = 10",
        "<<1, 2>>\nrows = 10",
        "# it's\nrows = 10",
        "rows = 10\n-1",
        "rows = 10\n<<1>>",
        "f = &end_of/1\nrows = 10",
        'x = "a" <>\n  "b"\n\nrows = 10',
        '"""\nit\'s "open\n"""\nrows = 10',
    ],
)
def test_a_top_level_literal_is_a_parameter(code: str) -> None:
    assert "rows" in names(notebook_of(code))


def test_only_elixir_has_parameters() -> None:
    assert names(notebook_of("rows = 10", language="python")) == []
