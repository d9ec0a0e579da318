from __future__ import annotations

import pytest

from livebook_ls.intelligence.answers import Details, Suggestions
from livebook_ls.intelligence.code_cells import code_cells
from livebook_ls.notebook.importing.importer import parse_source
from livebook_ls.notebook.source import Source
from tests.support.elixirs import Asked, in_cells, place

GEO = """defmodule My.Geo do
  @moduledoc "Places."
  defstruct [:width, height: 1]

  @doc "The area."
  def area(width, height \\\\ 1), do: width * height
  defp hidden(it), do: it
end"""


def completed(asked: Asked, marked: str) -> Suggestions | None:
    return asked(lambda it: it.complete(place(marked)[0], 5.0))


def labels(asked: Asked, *codes: str) -> list[str]:
    found = completed(asked, in_cells(*codes))
    return [it.label for it in found.items] if found else []


@pytest.mark.parametrize(
    ("codes", "begins"),
    [
        (("Enum.flat_m$0",), ["flat_map/2", "flat_map_reduce/3"]),
        (("Enu$0",), ["Enum", "Enumerable"]),
        ((":lists.keyf$0",), ["keyfind/3"]),
        ((":list$0",), [":lists"]),
        (("my_value = 1", "my_v$0"), ["my_value"]),
        (("my_value = %{alpha: 1, beta: 2}", "my_value.$0"), ["alpha", "beta"]),
        (("my_value = %{alpha: 1}", "%{my_value | alp$0}"), ["alpha"]),
        ((GEO, "My.Geo.$0"), ["area/1", "area/2"]),
        ((GEO, "%My.Geo{wid$0"), ["width"]),
        ((GEO, "%My.$0"), ["Geo"]),
        ((GEO, "alias My.Geo", "Geo.ar$0"), ["area/1", "area/2"]),
        (("import String, only: [upcase: 1]", "upca$0"), ["upcase/1"]),
        (("defmodule A do\n  def f(quux) do\n    qux = 1\n    qu$0\n  end\nend",),
         ["quux", "qux", "quote/2"]),
        (("defmodule A do\n  def f do\n    hel$0\n  end\n\n  defp helper(x), do: x\nend",),
         ["helper/1"]),
        (("defmodule A do\n  @colour 1\n  def f, do: @col$0\nend",), ["colour"]),
        (("case f() do\n  {:ok, valued} -> valu$0",), ["valued"]),
        (("<<x::utf$0>>",), ["utf16", "utf32", "utf8"]),
        (("&Enum.flat_map/$0",), ["flat_map/2"]),
        (("😀 = 1\n\"😀\"; Enum.flat_map_$0",), ["flat_map_reduce/3"]),
    ],
)  # fmt: skip
def test_the_text_says_what_may_follow(
    asked: Asked, codes: tuple[str, ...], begins: list[str]
) -> None:
    assert labels(asked, *codes)[: len(begins)] == begins


@pytest.mark.parametrize(
    "code", ['"En$0"', "# En$0", "~s(En$0", "if true do\n  inner = 1\nend\ninne$0"]
)
def test_in_texts_and_behind_a_blocks_end_nothing_follows(asked: Asked, code: str) -> None:
    assert labels(asked, code) == []


def test_a_string_that_one_cell_leaves_open_spoils_no_other(asked: Asked) -> None:
    assert labels(asked, 'before = 1\nx = "open\ndefmodule B do', "bef$0") == ["before"]


def test_a_branch_sees_what_leads_to_it_and_no_other_branch(asked: Asked) -> None:
    def branch(index: int) -> str:
        return f'<!-- livebook:{{"branch_parent_index":{index}}} -->'

    text = (
        "# Note\n\n## Main\n\n```elixir\nseen_main = 1\n```\n\n"
        f"{branch(0)}\n\n## One\n\n```elixir\nseen_one = 1\n```\n\n"
        "## Later\n\n```elixir\nseen_later = 1\n```\n\n"
        f"{branch(0)}\n\n## Two\n\n```elixir\nseen_two = 1\nseen$0\n```\n"
    )
    found = completed(asked, text)

    assert found is not None
    assert [it.label for it in found.items] == ["seen_main", "seen_two"]


def test_documentation_comes_when_it_is_asked_for(asked: Asked) -> None:
    found = completed(asked, in_cells("Enum.flat_map_r$0"))
    assert found is not None
    (item,) = found.items
    assert item.documentation is None

    text = asked(lambda it: it.resolve(item))

    assert text is not None
    assert "Enum.flat_map_reduce(enumerable, acc, fun)" in text


def details(asked: Asked, marked: str) -> tuple[Details | None, str]:
    at, found = place(marked)
    return asked(lambda it: it.hover(at)), found.text


@pytest.mark.parametrize(
    ("codes", "name", "says"),
    [
        (("Enum.fl$0at_map([], f)",), "Enum.flat_map", "Enum.flat_map(enumerable, fun)"),
        (("E$0num.map",), "Enum", "collections"),
        ((GEO, "😀 = My.Geo.ar$0ea(1)"), "My.Geo.area", "The area."),
        ((GEO, "My.Ge$0o"), "My.Geo", "Places."),
        (("i$0f true, do: 1",), "if", "Kernel.if"),
        ((":lists.key$0find(1, 2, [])",), ":lists.keyfind", ":lists.keyfind"),
    ],
)
def test_a_name_is_explained(asked: Asked, codes: tuple[str, ...], name: str, says: str) -> None:
    found, text = details(asked, in_cells(*codes))

    assert found is not None
    assert text[found.span.start : found.span.end] == name
    assert says in "\n".join(found.texts)


@pytest.mark.parametrize(
    "codes",
    [
        ("«»my_value = 1", "x = my_va$0lue"),
        ("defmodule A do\n  «»def f(x), do: x\nend", "A.f$0(1)"),
        ("«»defmodule A.B do\nend", "alias A.B", "B$0"),
        ("defmodule A do\n  def f, do: g$0()\n  «»defp g, do: 1\nend",),
        ('"😀😀"; «»value = 2', "val$0ue"),
    ],
)
def test_a_name_leads_to_the_cell_that_defines_it(asked: Asked, codes: tuple[str, ...]) -> None:
    at, marked = place(in_cells(*codes))

    found = asked(lambda it: it.definition(at))

    assert found is not None
    assert found.span is not None
    assert found.span.start == marked.spans[0].start


@pytest.mark.parametrize(
    ("codes", "form", "active"),
    [
        (("Enum.map($0",), "map(enumerable, fun)", 0),
        (("[1] |> Enum.map($0)",), "map(enumerable, fun)", 1),
        (
            ("String.replace(a, b, $0)",),
            "replace(subject, pattern, replacement, options \\\\ [])",
            2,
        ),
        ((GEO, "My.Geo.area(1, $0"), "area(width, height \\\\ 1)", 1),
        (("Enum.map([1], String.upcase($0",), "upcase(string, mode \\\\ :default)", 0),
    ],
)
def test_a_call_says_how_it_goes(
    asked: Asked, codes: tuple[str, ...], form: str, active: int
) -> None:
    found = asked(lambda it: it.signature(place(in_cells(*codes))[0]))

    assert found is not None
    assert (found.forms[0].text, found.active) == (form, active)


def test_erlang_cells_are_completed_by_module_and_function(asked: Asked) -> None:
    found = completed(asked, "# N\n\n## S\n\n```erlang\nX = lists:keyf$0\n```\n")

    assert found is not None
    assert [it.label for it in found.items] == ["keyfind/3"]


@pytest.mark.parametrize(
    "codes",
    [
        ("GenServer.cal$0l(pid, :request)",),
        ("import String, only: [upcase: 1]", "upcas$0e(text)"),
        (GEO, "My.Geo.are$0a(1)"),
        ("defmodule A do\n  def f(x, y \\\\ 1), do: f$0(x)\nend",),
    ],
)
def test_a_function_with_defaults_is_explained_once(asked: Asked, codes: tuple[str, ...]) -> None:
    found = asked(lambda it: it.hover(place(in_cells(*codes))[0]))

    assert found is not None
    assert len(found.texts) == 1


def erlang_problems(asked: Asked, code: str) -> list[tuple[str, str]]:
    """The complaints about an Erlang cell, each with what it stands at."""
    source = Source(f"# N\n\n## S\n\n```erlang\n{code}\n```\n")
    cells = list(code_cells(parse_source(source), source))
    found = asked(lambda it: it.problems("/n.livemd", cells))
    return [(source.text[it.span.start : it.span.end], it.message) for it in found]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("X = [1, 2].", []),
        ("% only a comment", []),
        ("X = 1,\nY = }.", [("}", "syntax error before: '}'")]),
        ("X = 1", [("1", "syntax error: expression is incomplete")]),
        ("-module(m).\nf() -> }.", [("}", "syntax error before: '}'")]),
    ],
)
def test_erlangs_parser_says_what_is_wrong_in_erlang_cells(
    asked: Asked, code: str, found: list[tuple[str, str]]
) -> None:
    assert erlang_problems(asked, code) == found


def test_what_erlangs_preprocessor_reads_is_no_fault(asked: Asked) -> None:
    code = """-module(m).
-include("m.hrl").
-define(DOUBLE(X), X * 2).
-ifdef(DOUBLE).
f(X) -> ?DOUBLE(X).
-else.
f(X) -> #?MODULE{x = X}.
-endif."""

    assert erlang_problems(asked, code) == []
    assert erlang_problems(asked, f"{code}\ng() -> }}.") == [("}", "syntax error before: '}'")]
