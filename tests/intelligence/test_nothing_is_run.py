from __future__ import annotations

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
    "defmodule M{n} do\n  @before_compile __MODULE__\n  defmacro __before_compile__(_), do: "
    'File.write!({path}, "")\nend',
    'defmodule M{n} do\n  defmacro m, do: File.write!({path}, "")\nend\nrequire M{n}\nM{n}.m()',
    'defmodule M{n} do\n  defmacro __using__(_), do: File.write!({path}, "")\nend\nuse M{n}',
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
    'Code.eval_string("File.write!(" <> inspect({path}) <> ", 1)")',
    'quote do: unquote(File.write!({path}, ""))',
    "&File.write!({path}, &1)",
    'defimpl Inspect, for: M{n} do\n  File.write!({path}, "")\nend',
    'File.write!({path}, "") |> ',
]
NOTEBOOKS = 1_000


@pytest.mark.slow
def test_a_thousand_notebooks_full_of_effects_have_none(asked: Asked, tmp_path: Path) -> None:
    write = f'File.write!("{tmp_path}/options", "")'
    (tmp_path / ".formatter.exs").write_text(f"[line_length: {write}]", encoding="utf-8")
    for number in range(NOTEBOOKS):
        effects = (EFFECTS[number % len(EFFECTS)], EFFECTS[(number * 7 + 3) % len(EFFECTS)])
        codes = [
            it.format(path=f'"{tmp_path}/{number}-{place}"', n=number)
            for place, it in enumerate(effects)
        ]
        text = in_cells(*codes)
        _ask_everything(asked, text, str(tmp_path / f"{number}.livemd"))

    assert [it.name for it in tmp_path.iterdir()] == [".formatter.exs"]


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
