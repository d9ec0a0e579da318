"""How long help with code takes, from a question to its answer in the server, once it is warm.

Run it as `python benchmarks/code_help.py [ELIXIR]`; milliseconds of one run, so compare the ratios.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from livebook_ls import clock
from livebook_ls.intelligence.asking import Intelligence
from livebook_ls.intelligence.code_cells import CodePlace, code_cells, place_at
from livebook_ls.intelligence.elixir_process.own_elixir import OwnElixir
from livebook_ls.intelligence.elixir_process.supervision import ElixirSupervisor
from livebook_ls.notebook.importing.importer import parse_source
from livebook_ls.notebook.source import Source

ROUNDS = 100
CELL = (
    'defmodule Geo{n} do\n  @doc "Area."\n  def area(w, h), do: w * h\nend\n\n'
    "x{n} = Enum.map(1..3, & &1)"
)
ABOVE = "".join(f"\n```elixir\n{CELL.format(n=n)}\n```\n" for n in range(200))
TEXT = f"# Note\n\n## Section\n{ABOVE}\n```elixir\n%s\n```\n\nProse here.\n"


def at(code: str) -> CodePlace:
    """The place at the end of a code below 200 cells."""
    text = TEXT % code
    source = Source(text)
    place = place_at(parse_source(source), source, "/n.livemd", text.rindex(code) + len(code))
    assert place is not None  # noqa: S101 — the code stands in a cell
    return place


async def main() -> None:
    """Ask all kinds of questions and print how long they took."""
    path = sys.argv[1] if len(sys.argv) > 1 else ""
    supervisor = ElixirSupervisor(os.environ, lambda: True, lambda: path)
    asked = Intelligence([OwnElixir(supervisor)])
    began = clock.monotonic_s()
    if await supervisor.helper() is None:
        print("No elixir answers.")
        return
    print(f"Elixir {supervisor.version}: ready after {1000 * (clock.monotonic_s() - began):.0f} ms")
    for name, code in (
        ("completion Enum.ma", "Enum.ma"),
        ("completion of a variable", "x19"),
        ("completion of everything", "y = "),
        ("completion of a module above", "Geo7."),
    ):
        place = at(code)
        await report(name, lambda place=place: asked.complete(place, 5.0))  # type: ignore[misc]
    named, called = at("Enum.map"), at("Enum.map(")
    await report("hover Enum.map", lambda: asked.hover(named))
    await report("signature", lambda: asked.signature(called))
    source = Source(TEXT % "x = 1")
    cells = list(code_cells(parse_source(source), source))
    await report("problems of 201 cells", lambda: asked.problems("/n.livemd", cells))
    await report("forms of 201 cells", lambda: asked.format("/n.livemd", cells, 30.0), rounds=10)
    await asked.close()


async def report(name: str, ask: Callable[[], Awaitable[object]], rounds: int = ROUNDS) -> None:
    """Ask once to warm up, then often, and print a row."""
    await ask()
    found = []
    for _ in range(rounds):
        began = clock.monotonic_s()
        await ask()
        found.append(1000 * (clock.monotonic_s() - began))
    p95 = sorted(found)[int(len(found) * 0.95) - 1]
    print(f"{name:32} median {statistics.median(found):7.2f}  p95 {p95:7.2f}")


if __name__ == "__main__":
    asyncio.run(main())
