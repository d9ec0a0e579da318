"""The Neovim plugin in a real Neovim, against a stand-in Livebook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from livebook_ls.standin.server import StandIn
from tests.editors import truth
from tests.editors.neovim import Neovim, neovim
from tests.editors.tools import path_with_server, until
from tests.editors.truth import Truth, read_seen

pytestmark = pytest.mark.editor

Start = Callable[[Path], AbstractContextManager[Neovim]]

_STATE = "return (vim.b.livebook_status or {}).state or ''"
_STATUS_LINE = "%{%v:lua.require'livebook_ls'.statusline()%}"
# What each view of the buffer answers, in the words of `truth`.
_SEEN = """
  local function ask(method)
    local params = { textDocument = vim.lsp.util.make_text_document_params(0) }
    local answers = vim.lsp.buf_request_sync(0, 'textDocument/' .. method, params, 20000)
    for _, answer in pairs(answers or {}) do return answer.result or {} end
    return {}
  end
  local seen = { outline = {}, folds = {}, diagnostics = {} }
  local function add(symbols, level)
    for _, it in ipairs(symbols) do
      table.insert(seen.outline, { level, it.name })
      add(it.children or {}, level + 1)
    end
  end
  add(ask('documentSymbol'), 0)
  for _, it in ipairs(ask('foldingRange')) do
    table.insert(seen.folds, { it.startLine, it.endLine })
  end
  for _, it in ipairs(vim.diagnostic.get(0)) do
    if it.code ~= 'not-open' then table.insert(seen.diagnostics, { it.code, it.lnum }) end
  end
  table.sort(seen.diagnostics, function(a, b) return a[1] < b[1] end)
  return seen
"""


@pytest.fixture
def start(tmp_path: Path, environ: dict[str, str]) -> Start:
    environ = environ | {"PATH": path_with_server(tmp_path)}

    def started(file: Path) -> AbstractContextManager[Neovim]:
        return neovim(file, tmp_path, environ)

    return started


@pytest.fixture
def tour(start: Start, tmp_path: Path, livebook: StandIn) -> Iterator[Neovim]:
    """A Neovim that shows the tour, whose session lives and was written to the file once."""
    path = truth.TOUR.put_into(tmp_path)
    opened_ns = path.stat().st_mtime_ns
    with start(path) as editor:
        until(lambda: editor.lua(_STATE) == "inSync", "the session")
        until(lambda: saves(livebook, path), "Livebook's first save")
        until(lambda: path.stat().st_mtime_ns == opened_ns, "the file's time put back")
        yield editor


def saves(livebook: StandIn, path: Path) -> int:
    session = livebook.session(path)
    return session.saves if session else 0


@pytest.mark.parametrize("expected", truth.ALL, ids=lambda it: it.file)
def test_outline_folds_and_diagnostics(start: Start, tmp_path: Path, expected: Truth) -> None:
    with start(expected.put_into(tmp_path)) as editor:
        until(lambda: editor.lua(_STATE) not in ("", "looking"), "the notebook's state")
        count = len(expected.diagnostics)
        until(lambda: len(editor.lua(_SEEN)["diagnostics"]) == count, "the diagnostics")

        assert read_seen(editor.lua(_SEEN)) == expected.seen()


def test_folds_are_there_by_the_editors_own_means(tour: Neovim) -> None:
    tour.lua("vim.wo.foldmethod = 'expr'; vim.wo.foldexpr = 'v:lua.vim.lsp.foldexpr()'")
    tour.lua("vim.wo.foldlevel = 0")

    def closed() -> Any:
        return tour.lua("return { vim.fn.foldclosed(9), vim.fn.foldclosedend(9) }")

    assert until(lambda: closed() == [9, 22], "the section's fold")


def test_a_hazard_is_mended_by_its_fix(start: Start, tmp_path: Path) -> None:
    unclosed = truth.UNCLOSED
    with start(unclosed.put_into(tmp_path)) as editor:
        until(lambda: editor.lua("return #vim.diagnostic.get(0)"), "the diagnostics")
        editor.lua(f"vim.api.nvim_win_set_cursor(0, {{ {unclosed.diagnostics[0][1] + 1}, 0 }})")
        editor.lua(
            f"vim.lsp.buf.code_action({{ apply = true,"
            f" filter = function(it) return it.title == '{unclosed.fix}' end }})"
        )
        until(lambda: editor.lua("return vim.bo.modified"), "the fix")
        text = "\n".join([*editor.lua("return vim.api.nvim_buf_get_lines(0, 0, -1, false)"), ""])
        # What held the file back is said until the file is another one.
        editor.lua("vim.cmd.write()")
        until(lambda: not editor.lua(_SEEN)["diagnostics"], "nothing more to say")

        assert text == unclosed.mended


def test_ten_saves_in_a_row_ask_nothing(tour: Neovim, tmp_path: Path, livebook: StandIn) -> None:
    path = tmp_path / truth.TOUR.file
    for number in range(1, 11):
        line = f"total = 1 + {number}1"
        save_line(tour, path, livebook, line)
        session = livebook.session(path)

        assert session
        assert f"\n{line}\n" in session.text
        assert session.text == path.read_text(encoding="utf-8")

    assert tour.lua("vim.cmd.checktime(); return vim.bo.modified") is False
    assert "W1" not in tour.messages()
    assert "changed since" not in tour.messages()


def save_line(editor: Neovim, path: Path, livebook: StandIn, line: str) -> None:
    """Write `line` into the code and save; wait until Livebook has written the file in turn."""
    before = saves(livebook, path)
    # A look at the file, as when the focus returns from the browser, finds a changed buffer.
    told: str = editor.lua(
        f"vim.fn.setline(14, '{line}'); vim.cmd.checktime(); vim.cmd.write();"
        " local it = vim.uv.fs_stat(vim.fn.expand('%')).mtime;"
        " return string.format('%d%09d', it.sec, it.nsec)"
    )
    until(lambda: saves(livebook, path) > before, "Livebook's write-back")
    until(lambda: path.stat().st_mtime_ns == int(told), "the file's time put back")


def test_commands_and_status_line(tour: Neovim, tmp_path: Path, livebook: StandIn) -> None:
    session = livebook.session(tmp_path / truth.TOUR.file)
    assert session
    tour.lua("vim.ui.open = function(it) _G.opened = it; return { wait = function() end } end")
    tour.lua("vim.cmd.LivebookOpen()")
    opened = until(lambda: tour.lua("return _G.opened or ''"), "the session's page")
    tour.lua("vim.cmd.LivebookStatus()")
    until(lambda: session.id in tour.messages(), "the session's address in a message")
    line = f'return vim.api.nvim_eval_statusline("{_STATUS_LINE}", {{}}).str'
    in_sync = tour.lua(line)
    livebook.stop()
    tour.lua("vim.cmd.LivebookSync()")

    assert opened == f"{livebook.url}/sessions/{session.id}"
    assert in_sync == "Livebook ✓"
    assert until(lambda: tour.lua(line) == "Livebook ○", "the end of Livebook in the status line")


def test_the_commands_are_the_notebooks_alone(tour: Neovim) -> None:
    names = "return vim.tbl_keys(vim.api.nvim_buf_get_commands(0, {}))"
    in_notebook = tour.lua(names)
    tour.lua("vim.cmd.enew()")

    assert set(in_notebook) >= {"LivebookOpen", "LivebookSync", "LivebookRestamp", "LivebookStatus"}
    assert not [it for it in tour.lua(names) if it.startswith("Livebook")]
