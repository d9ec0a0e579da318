from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from livebook_ls.intelligence.cell_forms import with_forms
from livebook_ls.intelligence.code_cells import ELIXIR, CodeCell, code_cells
from livebook_ls.notebook.importing.importer import parse_source
from livebook_ls.notebook.source import Source
from tests.support.elixirs import Asked
from tests.support.places import ROOT

WILD = ROOT.parent / "shared" / "livebook" / "wild"
FILES = sorted(WILD.rglob("*.livemd")) if WILD.is_dir() else []
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FILES, reason="the public notebooks are not beside this checkout"),
]
# The judge: Elixir's own parser, in a process of its own.
JUDGE = """
for line <- IO.stream(:stdio, :line) do
  [code] = line |> String.trim() |> Base.decode64!() |> then(&[&1])
  IO.puts(if match?({:ok, _}, Code.string_to_quoted(code)), do: "fine", else: "broken")
end
"""
JUDGE_FORMS = """
for line <- IO.stream(:stdio, :line) do
  [one, other] = line |> String.split() |> Enum.map(&Base.decode64!/1)
  plain = fn code ->
    Macro.prewalk(Code.string_to_quoted!(code), fn
      {:__block__, _, [it]} -> it
      {name, _, arguments} -> {name, [], arguments}
      it -> it
    end)
  end
  IO.puts(plain.(one) == plain.(other))
end
"""


def encoded(code: str) -> str:
    return base64.b64encode(code.encode()).decode()


def notebooks() -> list[tuple[Path, str, list[CodeCell]]]:
    found = []
    for file in FILES:
        text = file.read_bytes().decode("utf-8", "replace")
        source = Source(text)
        cells = [it for it in code_cells(parse_source(source), source) if it.is_written]
        found.append((file, text, [it for it in cells if it.language == ELIXIR]))
    return found


def test_no_syntax_error_is_told_that_elixir_does_not_have(asked: Asked) -> None:
    everything = [(file, cell) for file, _, cells in notebooks() for cell in cells]
    verdicts = asked.run(JUDGE, [encoded(cell.code) for _, cell in everything])
    wrong = []
    for file, _, cells in notebooks():
        found = asked(lambda it, of=cells: it.problems("/n.livemd", of))  # type: ignore[misc]
        broken = {cell.span for cell in cells if any(
            cell.span.start <= it.span.start <= cell.span.end for it in found
        )}  # fmt: skip
        expected = {
            cell.span
            for (of, cell), verdict in zip(everything, verdicts, strict=True)
            if of == file and verdict == "broken"
        }
        if broken != expected:
            wrong.append(str(file))

    assert wrong == []


def test_forms_are_settled_and_say_the_same(asked: Asked) -> None:
    pairs, unsettled, others = [], [], []
    for file, text, cells in notebooks():
        forms = asked(lambda it, of=cells: it.format("/n.livemd", of, 30.0))  # type: ignore[misc]
        pairs += [f"{encoded(cell.code)} {encoded(form)}" for cell, form in forms.items()]
        formed = with_forms(parse_source(Source(text)), text, forms)
        if formed is None:
            others.append(str(file))
            continue
        source = Source(formed)
        again = [it for it in code_cells(parse_source(source), source) if it.is_written]
        twice = asked(lambda it, of=again: it.format("/n.livemd", of, 30.0))  # type: ignore[misc]
        if twice:
            unsettled.append((str(file), json.dumps(list(twice.values()))[:200]))

    assert unsettled == []
    assert others == []
    assert pairs
    assert set(asked.run(JUDGE_FORMS, pairs)) == {"true"}
