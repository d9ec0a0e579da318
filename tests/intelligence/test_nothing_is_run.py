from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from livebook_ls.intelligence.code_cells import code_cells, place_at
from livebook_ls.notebook.importing.importer import parse_source
from livebook_ls.notebook.source import Source
from tests.support.elixirs import ELIXIRS, Asked, in_cells, place

# Each would leave a file behind if it were run, compiled, expanded or loaded.
EFFECTS = [
    'File.write!({path}, "")',
    'defmodule M{n} do\n  File.write!({path}, "")\nend',
    'defmodule M{n} do\n  defmacro __before_compile__(_), do: File.write!({path}, "")\nend\n'
    "defmodule M{n}.User do\n  @before_compile M{n}\nend",
    'defmodule M{n} do\n  defmacro m, do: File.write!({path}, "")\nend\n'
    "defmodule M{n}.User do\n  require M{n}\n  M{n}.m()\nend",
    'defmodule M{n} do\n  defmacro __using__(_), do: File.write!({path}, "")\nend\n'
    "defmodule M{n}.User do\n  use M{n}\nend",
    'defmodule M{n} do\n  @on_load :now\n  def now, do: File.write!({path}, "")\nend',
    "defmodule M{n} do\n  @after_compile {{M{n}, :now}}\n  def now(_, _), do: "
    'File.write!({path}, "")\nend',
    'x = %{{a: File.write!({path}, "")}}\nx.',
    '"#{{File.write!({path}, "")}}"',
    'defmodule M{n} do\n  defstruct a: File.write!({path}, "")\nend\n%M{n}{{',
    '~r/#{{File.write!({path}, "")}}/',
    'Mix.install([{{:a, path: File.write!({path}, "")}}])',
    'import File\nwrite!({path}, "")',
    'System.cmd("touch", [{path}])',
    ':os.cmd(~c"touch" ++ [32] ++ String.to_charlist({path}))',
    'Code.eval_string("File.write!(" <> inspect({path}) <> ", [])")',
    'quote do: unquote(File.write!({path}, ""))',
    '(&File.write!({path}, &1)).("")',
    'defimpl Inspect, for: M{n} do\n  File.write!({path}, "")\nend',
    'File.write!({path}, "") |> ',
]
# Runs each code that parses, and goes on.
RUN = """
for line <- IO.stream(:stdio, :line) do
  code = line |> String.trim() |> Base.decode64!()
  parses? = match?({:ok, _}, Code.string_to_quoted(code))
  if parses?, do: (try do Code.eval_string(code) rescue _ -> nil catch _, _ -> nil end)
  IO.puts("RAN #{parses?}")
end
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "count", [pytest.param(40, id="forty"), pytest.param(1_000, marks=pytest.mark.slow)]
)
def test_notebooks_full_of_effects_have_none(asked: Asked, tmp_path: Path, count: int) -> None:
    write = f'File.write!("{tmp_path}/options", "")'
    (tmp_path / ".formatter.exs").write_text(f"[line_length: {write}]", encoding="utf-8")
    for number in range(count):
        effects = (EFFECTS[number % len(EFFECTS)], EFFECTS[(number * 7 + 3) % len(EFFECTS)])
        codes = [
            it.format(path=f'"{tmp_path}/{number}-{place}"', n=number)
            for place, it in enumerate(effects)
        ]
        text = in_cells(*codes)
        _ask_everything(asked, text, str(tmp_path / f"{number}.livemd"))

    assert [it.name for it in tmp_path.iterdir()] == [".formatter.exs"]


@pytest.mark.slow
def test_each_effect_would_be_seen_if_it_were_run(asked: Asked, tmp_path: Path) -> None:
    codes = [
        it.format(path=f'"{tmp_path}/{number}"', n=f"{number}Run")
        for number, it in enumerate(EFFECTS)
    ]
    told = asked.run(RUN, [base64.b64encode(it.encode()).decode() for it in codes])
    ran = [it == "RAN true" for it in told if it.startswith("RAN ")]
    seen = [(tmp_path / str(number)).exists() for number in range(len(EFFECTS))]

    assert [it for it, was_run, was_seen in zip(EFFECTS, ran, seen, strict=True)
            if was_run and not was_seen] == []  # fmt: skip
    assert ran.count(False) == 3


def _ask_everything(asked: Asked, text: str, path: str) -> None:
    source = Source(text)
    notebook = parse_source(source)
    cells = list(code_cells(notebook, source))
    asked(lambda it: it.problems(path, cells))
    asked(lambda it: it.format(path, cells))
    for cell in cells:
        for offset in (cell.span.end, (cell.span.start + cell.span.end) // 2):
            place = place_at(notebook, source, path, offset)
            assert place is not None
            asked(lambda it, at=place: it.complete(at, 5.0))  # type: ignore[misc]
            asked(lambda it, at=place: it.hover(at))  # type: ignore[misc]
            asked(lambda it, at=place: it.signature(at))  # type: ignore[misc]


INSTALL = 'Mix.install([{:evil, "~> 1.0"}])'
EVIL = """
defmodule Evil do
  @moduledoc "Never loaded."
  @on_load :now
  def now, do: File.write!(System.fetch_env!("EVIL_PATH"), "")
  @doc "Says so."
  def says(word), do: word
end
"""
COMPILE = """
File.mkdir_p!({folder})
[{{_, binary}}] = Code.compile_string({code})
File.write!(Path.join({folder}, "Elixir.Evil.beam"), binary)
"""
# As `Mix.install/2` names the folder that it keeps packages in, up to 1.18 and since then.
FOLDER = """
hash = :erlang.md5(:erlang.term_to_binary({[{:evil, "~> 1.0"}], [], [], true}))
old? = Version.match?(System.version(), "< 1.19.0")
name = if old?, do: Base.encode16(hash, case: :lower), else: Base.url_encode64(hash, padding: false)
IO.puts("elixir-#{System.version()}-erts-#{:erlang.system_info(:version)}/#{name}")
"""


@pytest.mark.slow
@pytest.mark.parametrize("elixir", ELIXIRS)
def test_modules_of_packages_are_read_and_never_loaded(elixir: str, tmp_path: Path) -> None:
    sign = tmp_path / "sign"
    somebody = Asked(elixir, MIX_INSTALL_DIR=str(tmp_path / "installs"), EVIL_PATH=str(sign))
    (hashed,) = somebody.run(FOLDER)
    folder = json.dumps(str(tmp_path / "installs" / hashed / "_build/dev/lib/evil/ebin"))
    somebody.run(COMPILE.format(folder=folder, code=json.dumps(EVIL)))
    sign.unlink()
    try:
        at, _ = place(in_cells(INSTALL, "Evil.sa$0"))
        found = somebody(lambda it: it.complete(at, 5.0))
        assert found is not None
        (item,) = found.items
        text = somebody(lambda it: it.resolve(item))
        hover = somebody(
            lambda it: it.hover(place(in_cells('Mix.install([{:evil, "~> 1.0"}])', "Ev$0il"))[0])
        )
    finally:
        somebody.close()

    assert item.label == "says/1"
    assert text is not None
    assert "Says so." in text
    assert hover is not None
    assert "Never loaded." in hover.texts[0]
    assert not sign.exists()
