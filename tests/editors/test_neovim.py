"""The Neovim plugin in a real Neovim, against a stand-in Livebook."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from livebook_ls.standin.server import StandIn
from tests.support.docs.pages import read
from tests.support.editors import truth
from tests.support.editors.neovim import Neovim, neovim, neovim_on_screen
from tests.support.editors.sessions import (
    check_follows,
    put_stamped,
    save_session,
    until_follows,
    written_back,
)
from tests.support.editors.tools import installed, path_with_server, until
from tests.support.editors.truth import Truth, read_seen
from tests.support.elixirs import needs_elixir
from tests.support.places import ROOT

pytestmark = pytest.mark.editor

Start = Callable[[Path], AbstractContextManager[Neovim]]

EDITS = {
    *("LivebookInsertCodeAbove", "LivebookInsertCodeBelow", "LivebookInsertMarkdownAbove"),
    *("LivebookInsertMarkdownBelow", "LivebookSplitCell", "LivebookJoinCells"),
    *("LivebookMoveCellUp", "LivebookMoveCellDown", "LivebookDuplicateCell"),
    *("LivebookDeleteCell", "LivebookSelectCell", "LivebookConvertToMarkdown"),
    *("LivebookConvertToCode", "LivebookChangeLanguage", "LivebookInsertSection"),
    *("LivebookBranchOff", "LivebookMakeBranch", "LivebookMoveSectionUp"),
    *("LivebookMoveSectionDown", "LivebookPromote", "LivebookDemote", "LivebookDeleteSection"),
}
COMMANDS = {
    *(
        "LivebookOpen",
        "LivebookOpenAnyway",
        "LivebookOpenHere",
        "LivebookSync",
        "LivebookSyncAnyway",
        "LivebookSyncInTwoSteps",
    ),
    *("LivebookFormat", "LivebookRestamp", "LivebookRestore", "LivebookStatus"),
    *("LivebookOpenAnyway", "LivebookRestoreVersion"),
    *("LivebookStart", "LivebookStop", "LivebookNextCell", "LivebookPreviousCell"),
    *("LivebookRun", "LivebookRunAbove", "LivebookRunBelow", "LivebookRunSection"),
    *("LivebookRunAll", "LivebookRunStale", "LivebookRunAndAdvance", "LivebookStopRun"),
    *("LivebookStartRuntime", "LivebookRestartRuntime", "LivebookShowOutput"),
    *("LivebookInsertFile", "LivebookFoldOutputs"),
    *("LivebookMerge", "LivebookTakeMine", "LivebookTakeBrowsers", "LivebookTakeBoth"),
    "LivebookShowBrowserVersion",
    *EDITS,
}
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
        save_session(livebook, path)
        until(lambda: path.stat().st_mtime_ns == opened_ns, "the file's time put back")
        yield editor


@pytest.mark.parametrize("expected", truth.ALL, ids=lambda it: it.file)
def test_outline_folds_and_diagnostics(start: Start, tmp_path: Path, expected: Truth) -> None:
    with start(expected.put_into(tmp_path)) as editor:
        until(lambda: editor.lua(_STATE) not in ("", "looking"), "the notebook's state")
        count = len(expected.diagnostics)
        until(lambda: len(editor.lua(_SEEN)["diagnostics"]) == count, "the diagnostics")

        assert read_seen(editor.lua(_SEEN)) == expected.seen()


def test_folds_are_the_servers_and_open_at_first(tour: Neovim) -> None:
    closed = "return { vim.fn.foldclosed(9), vim.fn.foldclosedend(9) }"
    until(lambda: tour.lua("return vim.wo.foldmethod") == "expr", "folds by the server")
    at_first = tour.lua(closed)

    def shut() -> Any:
        return tour.lua("vim.wo.foldlevel = 0; " + closed)

    assert at_first == [-1, -1]
    assert until(lambda: shut() == [9, 22], "the section's fold")


KEPT_OUTPUTS = """\
<!-- livebook:{"persist_outputs":true} -->

# Note

## Section

```elixir
1
```

<!-- livebook:{"output":true} -->

```
one
```

Words
"""
# What is folded, as lines from one; the first call has Neovim ask for the server's folds.
_CLOSED = """
  local closed, line = {}, 1
  while line <= vim.fn.line('$') do
    local last = vim.fn.foldclosedend(line)
    if last > 0 then table.insert(closed, { line, last }) end
    line = math.max(line, last) + 1
  end
  return closed
"""


@pytest.fixture
def with_outputs(tmp_path: Path) -> Path:
    path = tmp_path / "note.livemd"
    path.write_text(KEPT_OUTPUTS, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "own",
    [
        "vim.wo.foldlevel = 99",
        "vim.g.livebook_folds = false; vim.wo.foldmethod = 'manual'",
        "vim.wo.foldmethod = 'expr'; vim.wo.foldexpr = 'getline(v:lnum) =~ \"^[`1o]\" ? 1 : 0'",
    ],
    ids=["the server's folds", "manual folds", "the user's folds"],
)
def test_outputs_are_folded_in_the_folds_that_there_are(
    start: Start, with_outputs: Path, own: str
) -> None:
    with start(with_outputs) as editor:
        until(lambda: editor.lua(_STATE) in ("inSync", "detached"), "the server")
        editor.lua(f"{own}; vim.cmd('normal! zR')")
        settings = editor.lua("return { vim.wo.foldmethod, vim.wo.foldexpr }")
        editor.lua("vim.cmd.LivebookFoldOutputs()")
        # The user's own have the fences with what is between them, and no comment.
        wanted = [[13, 15]] if "getline" in own else [[11, 15]]
        until(lambda: editor.lua(_CLOSED) == wanted, "the output's fold")

        assert editor.lua("return { vim.wo.foldmethod, vim.wo.foldexpr }") == settings
        editor.lua("vim.cmd('normal! zR')")
        editor.lua("vim.cmd.LivebookFoldOutputs()")
        until(lambda: editor.lua(_CLOSED) == wanted, "the same fold, once more")
        editor.lua("vim.cmd('normal! zR')")
        assert editor.lua(_CLOSED) == []


def test_folds_that_know_no_outputs_stay_as_they_are(start: Start, with_outputs: Path) -> None:
    with start(with_outputs) as editor:
        until(lambda: editor.lua(_STATE) in ("inSync", "detached"), "the server")
        editor.lua("vim.wo.foldmethod = 'marker'")
        editor.lua("vim.cmd.LivebookFoldOutputs()")
        until(lambda: "'foldmethod' is marker here" in editor.messages(), "the reason")

        assert editor.lua(_CLOSED) == []


def test_outputs_are_folded_at_open_where_the_user_wants_so(
    tmp_path: Path, environ: dict[str, str], with_outputs: Path
) -> None:
    environ = environ | {"PATH": path_with_server(tmp_path)}
    with neovim(with_outputs, tmp_path, environ, "let g:livebook_fold_outputs = v:true") as editor:
        until(lambda: editor.lua(_CLOSED) == [[11, 15]], "the output's fold")


def test_folds_of_the_users_own_are_left_alone(start: Start, tmp_path: Path) -> None:
    with start(truth.TOUR.put_into(tmp_path)) as editor:
        editor.lua("vim.wo.foldmethod = 'indent'")
        until(lambda: editor.lua(_STATE) == "inSync", "the session")
        attach = "require('livebook_ls').attached(0, vim.lsp.get_clients({ bufnr = 0 })[1].id)"
        editor.lua(attach)

        assert editor.lua("return vim.wo.foldmethod") == "indent"


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
        check_follows(livebook, path, line)

    check_nothing_was_asked(tour)


def test_ten_saves_of_a_stamped_notebook_ask_nothing(
    start: Start, tmp_path: Path, livebook: StandIn
) -> None:
    path = truth.TOUR.put_into(tmp_path)
    put_stamped(livebook, path)
    opened_ns = path.stat().st_mtime_ns
    with start(path) as editor:
        until(lambda: editor.lua(_STATE) == "detached", "the notebook's state")
        stub_the_browser(editor)
        editor.lua("vim.cmd.LivebookOpen()")
        until(lambda: editor.lua(_STATE) == "inSync", "the session")
        # The write-back that comes some time after an open makes another stamp.
        save_session(livebook, path)
        until(lambda: path.stat().st_mtime_ns == opened_ns, "the file's time put back")
        for number in range(1, 11):
            line = f"total = 1 + {number}1"
            save_line(editor, path, livebook, line)
            check_follows(livebook, path, line)

        check_nothing_was_asked(editor)


def test_the_first_minute_opened_typed_in_and_saved_asks_nothing(
    start: Start, tmp_path: Path, livebook: StandIn
) -> None:
    path = tmp_path / "loose.livemd"
    path.write_text(truth.LOOSE, encoding="utf-8")
    with start(path) as editor:
        until(lambda: editor.lua(_STATE) == "detached", "the notebook's state")
        stub_the_browser(editor)
        editor.lua("vim.cmd.LivebookOpen()")
        editor.lua("vim.fn.setline(8, 'x = 1')")
        save_session(livebook, path)
        livebook.wait_settled()
        editor.lua("vim.cmd.checktime(); vim.cmd.write()")
        until_follows(livebook, path, "x = 1")
        until_follows(livebook, path, "* one")

        check_nothing_was_asked(editor)
        assert "\n* one\n" in "\n".join(editor.lua("return vim.fn.getline(1, '$')"))
        check_follows(livebook, path, "x = 1")


def test_a_file_that_is_just_being_written_is_not_taken_over(tour: Neovim) -> None:
    note = """
      local status = vim.tbl_extend('force', vim.b.livebook_status, { state = '%s' })
      require('livebook_ls').note(status)
      vim.wait(50)
      return vim.fn.getline(1)
    """
    write = "vim.fn.writefile({ '# Half of it' }, vim.api.nvim_buf_get_name(0))"

    assert tour.lua(write + note % "syncing") != "# Half of it"
    # The server may give the notebook its sections back at any moment.
    until(
        lambda: tour.lua(write + note % "inSync") == "# Half of it", "the file as Neovim shows it"
    )


def test_a_new_file_greets_with_no_error_and_is_attached_once_written(
    start: Start, tmp_path: Path, livebook: StandIn
) -> None:
    path = tmp_path / "new.livemd"
    with start(path) as editor:
        until(lambda: editor.lua(_STATE) == "detached", "the notebook's state")
        grave = "{ severity = { min = vim.diagnostic.severity.INFO } }"
        at_first = editor.lua(f"return vim.diagnostic.get(0, {grave})")
        lines = ", ".join(f"'{it}'" for it in truth.LOOSE.replace("- one", "One.").splitlines())
        editor.lua(f"vim.fn.setline(1, {{ {lines} }}); vim.cmd.write()")
        until_follows(livebook, path, "One.")

        assert at_first == []
        until(lambda: not editor.lua("return #vim.diagnostic.get(0)"), "nothing to say")


def test_a_save_and_the_browsers_edits_become_one(
    tour: Neovim, tmp_path: Path, livebook: StandIn
) -> None:
    path = tmp_path / truth.TOUR.file
    session = livebook.session(path)
    assert session
    livebook.edit_session(path, f"{session.text}\nWritten in the browser.\n")
    tour.lua("vim.fn.setline(14, 'total = 111'); vim.cmd.write()")
    until_follows(livebook, path, "total = 111")
    until_follows(livebook, path, "Written in the browser.")

    assert "Written in the browser." in buffer_of(tour)
    check_nothing_was_asked(tour)


def test_what_is_typed_and_an_autosave_come_together_and_nothing_is_asked(
    tour: Neovim, tmp_path: Path, livebook: StandIn
) -> None:
    path = tmp_path / truth.TOUR.file
    session = livebook.session(path)
    assert session
    tour.lua("vim.fn.setline(14, 'total = 111')")
    livebook.edit_session(path, f"{session.text}\nWritten in the browser.\n")
    save_session(livebook, path)
    until(lambda: "Written in the browser." in buffer_of(tour), "the browser's edit in the buffer")

    assert "total = 111" in buffer_of(tour)
    tour.lua("vim.cmd.checktime(); vim.cmd.write()")
    until_follows(livebook, path, "total = 111")
    until_follows(livebook, path, "Written in the browser.")
    check_nothing_was_asked(tour)


def test_a_conflict_shows_theirs_beside_and_is_settled_by_a_command(
    tour: Neovim, tmp_path: Path, livebook: StandIn
) -> None:
    path = tmp_path / truth.TOUR.file
    session = livebook.session(path)
    assert session
    old = tour.lua("return vim.fn.getline(14)")
    livebook.edit_session(path, session.text.replace(old, "total = 222"))
    tour.lua("vim.fn.setline(14, 'total = 111'); vim.cmd.write()")
    until(lambda: tour.lua(_STATE) == "held", "the conflict")
    beside = "return vim.fn.bufname(vim.fn.winbufnr(2)) .. (vim.wo.diff and ' diff' or '')"
    shown = until(lambda: ("browser" in (it := tour.lua(beside)) and it) or "", "theirs beside")
    tour.lua("vim.cmd.LivebookTakeBrowsers()")
    until_follows(livebook, path, "total = 222")

    assert shown.endswith(" diff")
    until(lambda: "total = 222" in buffer_of(tour), "theirs in the buffer")


def buffer_of(editor: Neovim) -> str:
    return "\n".join(editor.lua("return vim.fn.getline(1, '$')"))


def check_nothing_was_asked(editor: Neovim) -> None:
    assert editor.lua("vim.cmd.checktime(); return vim.bo.modified") is False
    assert "W1" not in editor.messages()
    assert "changed since" not in editor.messages()


def stub_the_browser(editor: Neovim) -> None:
    editor.lua("vim.ui.open = function(it) _G.opened = it; return { wait = function() end } end")


def save_line(editor: Neovim, path: Path, livebook: StandIn, line: str) -> None:
    """Write `line` into the code and save; wait until Livebook has written the file in turn."""
    with written_back(livebook, path):
        # A look at the file, as when the focus returns from the browser, finds a changed buffer.
        editor.lua(f"vim.fn.setline(14, '{line}'); vim.cmd.checktime(); vim.cmd.write()")


def test_commands_and_status_line(tour: Neovim, tmp_path: Path, livebook: StandIn) -> None:
    session = livebook.session(tmp_path / truth.TOUR.file)
    assert session
    stub_the_browser(tour)
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


def test_the_status_shows_no_token(
    tmp_path: Path, environ: dict[str, str], livebook: StandIn
) -> None:
    environ = environ | {
        "PATH": path_with_server(tmp_path),
        "LIVEBOOK_URL": f"{livebook.url}/?token=s3cret",
    }
    with neovim(truth.TOUR.put_into(tmp_path), tmp_path, environ) as editor:
        until(lambda: editor.lua(_STATE) == "inSync", "the session")
        editor.lua("vim.cmd.LivebookStatus()")
        until(lambda: "/sessions/" in editor.messages(), "the address")

        assert "s3cret" not in editor.messages()


def test_the_commands_are_the_notebooks_alone(tour: Neovim) -> None:
    names = "return vim.tbl_keys(vim.api.nvim_buf_get_commands(0, {}))"
    in_notebook = tour.lua(names)
    tour.lua("vim.cmd.enew()")

    assert {it for it in in_notebook if it.startswith("Livebook")} == COMMANDS
    assert not [it for it in tour.lua(names) if it.startswith("Livebook")]


def test_every_command_reaches_the_server(tour: Neovim) -> None:
    stub_the_browser(tour)
    tour.lua("vim.notify = function(it) vim.g.told = it end")
    for name in sorted(COMMANDS - EDITS - {"LivebookStart", "LivebookInsertFile"}):
        tour.lua(f"vim.cmd.{name}()")
    # The last of them answers last.
    until(lambda: tour.lua("return vim.g.told or vim.NIL"), "an answer to one of the commands")

    assert "not found" not in tour.messages()
    assert "In sync" in tour.lua("return vim.g.told")


def test_livebook_goes_away_and_comes_back(tour: Neovim, tmp_path: Path, livebook: StandIn) -> None:
    livebook.stop()
    tour.lua("vim.fn.setline(14, 'total = 0'); vim.cmd.write()")
    until(lambda: tour.lua(_STATE) == "notRunning", "the end of Livebook")
    told = tour.lua("return vim.tbl_map(function(it) return it.code end, vim.diagnostic.get(0))")
    livebook.start()
    until(lambda: tour.lua(_STATE) == "inSync", "Livebook's return")
    until_follows(livebook, tmp_path / truth.TOUR.file, "total = 0")

    assert told == ["not-running"]
    until(lambda: not tour.lua("return #vim.diagnostic.get(0)"), "nothing more to say")


def test_cells_are_gone_to_one_by_one(tour: Neovim) -> None:
    line = "return vim.fn.line('.')"
    tour.lua("vim.fn.setline(15, '# total'); vim.api.nvim_win_set_cursor(0, { 1, 0 })")
    there = [tour.lua(f"vim.cmd.normal(']]'); {line}") for _ in range(6)]
    back = [tour.lua(f"vim.cmd.normal('[['); {line}"), tour.lua(f"vim.cmd.normal('2[['); {line}")]

    assert there == [3, 5, 9, 13, 24, 24]
    assert back == [13, 5]


def test_behind_a_fence_the_languages_are_completed(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "note.livemd"
    path.write_text("# T\n\n## S\n\n```\n", encoding="utf-8")
    asked = """
      local params = vim.lsp.util.make_position_params(0, 'utf-8')
      params.position = { line = 4, character = 3 }
      local answers = vim.lsp.buf_request_sync(0, 'textDocument/completion', params, 20000)
      local labels = {}
      for _, answer in pairs(answers or {}) do
        for _, it in ipairs((answer.result or {}).items or {}) do table.insert(labels, it.label) end
      end
      return labels
    """
    with start(path) as editor:
        until(lambda: editor.lua("return #vim.lsp.get_clients()") == 1, "the server")

        assert until(lambda: editor.lua(asked), "languages")[:3] == ["elixir", "erlang", "python"]


def test_a_script_is_imported_and_shown(start: Start, tmp_path: Path) -> None:
    script = tmp_path / "my script.exs"
    script.write_text("# Title\n\n1 + 1\n", encoding="utf-8")
    path = tmp_path / "note.livemd"
    path.write_text("# T\n", encoding="utf-8")
    with start(path) as editor:
        editor.lua(f"vim.cmd.LivebookImport([[{script}]])")

        assert editor.lua("return vim.api.nvim_buf_get_lines(0, 0, 1, true)") == ["# Title"]
        assert editor.lua("return vim.fn.expand('%:t')") == "my script.livemd"


def test_cells_have_the_colours_of_their_language(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "note.livemd"
    # A language whose parser Neovim has itself.
    path.write_text("# Note\n\n```lua\nlocal x = 1\n```\n", encoding="utf-8")
    languages = """
      local tree = vim.treesitter.get_parser(0)
      tree:parse(true)
      return vim.tbl_keys(tree:children())
    """
    with start(path) as editor:
        assert "lua" in editor.lua(languages)
        captures = "return vim.tbl_map(function(it) return it.capture end, "
        assert "keyword" in editor.lua(captures + "vim.treesitter.get_captures_at_pos(0, 3, 0))")


def test_in_a_cell_comments_and_indentation_are_its_languages(tour: Neovim) -> None:
    tour.lua("vim.api.nvim_win_set_cursor(0, { 14, 0 }); vim.cmd.normal('gcc')")
    comment = tour.lua("return vim.fn.getline(14)")
    tour.lua("vim.cmd.normal('gcc')")
    typed = r"vim.api.nvim_replace_termcodes('oif true do<CR>1<CR>end<Esc>', true, false, true)"
    tour.lua(f"vim.api.nvim_feedkeys({typed}, 'tx', false)")
    code = tour.lua("return vim.fn.getline(15, 17)")
    tour.lua("vim.api.nvim_win_set_cursor(0, { 5, 0 }); vim.cmd.normal('gcc')")
    prose = tour.lua("return vim.fn.getline(5)")

    assert comment.startswith("# ")
    assert code == ["if true do", "  1", "end"]
    assert prose.startswith("<!-- ")


def test_the_health_check_tells_what_is_found(tour: Neovim) -> None:
    tour.lua("vim.cmd('checkhealth livebook')")
    told = "\n".join(tour.lua("return vim.api.nvim_buf_get_lines(0, 0, -1, false)"))

    assert "The server is running." in told
    assert "my tools/livebook-ls" in told
    assert "ERROR" not in told


def test_the_help_has_every_command() -> None:
    text = (ROOT / "editors/neovim/doc/livebook-ls.txt").read_text(encoding="utf-8")

    assert [it for it in COMMANDS if f"*:{it}*" not in text] == []


def test_the_set_up_of_its_page_brings_help_and_commands(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    checkout = tmp_path / "checkout"
    shutil.copytree(ROOT / "editors/neovim", checkout / "editors/neovim")
    blocks = read(ROOT / "docs/editors/neovim.md").code
    set_up = next(it for it in blocks if "helptags ALL" in it)
    folders = {it: str(tmp_path / it) for it in ("XDG_CONFIG_HOME", "XDG_STATE_HOME")}
    own = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / ".local/share"), **folders}
    programs = f"{installed('nvim/bin/nvim', 'nvim').parent}:{path_with_server(tmp_path)}"

    def output(*command: str) -> str:
        done = subprocess.run(
            command, env=environ | own | {"PATH": programs}, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stderr

    output("sh", "-e", "-c", set_up.replace("/path/to/livebook-ls", str(checkout)))
    asked = "echo bufname() getline('.')"
    told = output("nvim", "--headless", "-c", "help :LivebookOpen", "-c", asked, "-c", "qall")

    assert "livebook-ls.txt" in told
    assert "*:LivebookOpen*" in told


def test_pictures_of_a_notebook_and_of_a_hazard(tmp_path: Path, environ: dict[str, str]) -> None:
    environ = environ | {"PATH": path_with_server(tmp_path)}
    with neovim_on_screen(truth.TOUR.put_into(tmp_path), tmp_path, environ) as (editor, screen):
        editor.lua(f'vim.o.number = true; vim.o.statusline = "%f {_STATUS_LINE}"')
        editor.lua("vim.diagnostic.config({ virtual_text = true })")
        screen.until_screen("Livebook ✓")
        tour = screen.picture("neovim-tour")
        unclosed = truth.UNCLOSED.put_into(tmp_path)
        screen.press("Escape")
        screen.type(f":edit {unclosed}")
        screen.press("Enter")
        screen.until_screen("never closed")
        hazard = screen.picture("neovim-hazard")

    assert tour.stat().st_size
    assert hazard.stat().st_size


_HINTS = """
  local seen = {}
  for _, it in ipairs(vim.lsp.inlay_hint.get({ bufnr = 0 })) do
    table.insert(seen, { it.inlay_hint.position.line, it.inlay_hint.label })
  end
  return seen
"""
_ERRORS = """
  local seen = {}
  for _, it in ipairs(vim.diagnostic.get(0)) do table.insert(seen, { it.lnum, it.code }) end
  return seen
"""


_COLOURS = """
  local buffer = vim.fn.bufnr('livebook-output://note.livemd/cell-1')
  local space, seen = vim.api.nvim_get_namespaces().livebook_ls_colours, {}
  for _, it in ipairs(vim.api.nvim_buf_get_extmarks(buffer, space, 0, -1, { details = true })) do
    table.insert(seen, { it[2], it[3], it[4].end_row, it[4].end_col })
  end
  return seen
"""


def test_cells_run_by_ranges_and_show_what_they_gave(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "note.livemd"
    code = 'IO.puts("é")', "2 + 2", 'raise "boom"'
    cells = "\n\n".join(f"```elixir\n{it}\n```" for it in code)
    path.write_text(f"# Note\n\n## Section\n\n{cells}\n", encoding="utf-8")
    with start(path) as editor:
        until(lambda: editor.lua(_STATE) in ("inSync", "detached"), "the server")
        editor.lua("vim.api.nvim_buf_set_lines(0, 9, 10, false, { '2 + 3' })")
        editor.lua("vim.cmd('1,11LivebookRun')")
        until(lambda: [10, "5"] in editor.lua(_HINTS), "the results of the range")

        assert not editor.lua("return vim.bo.modified")
        editor.lua("vim.api.nvim_win_set_cursor(0, { 14, 0 }) vim.cmd('LivebookRun')")
        until(lambda: [13, "runtime-error"] in editor.lua(_ERRORS), "the error in its line")
        editor.lua("vim.api.nvim_win_set_cursor(0, { 6, 0 }) vim.cmd('LivebookShowOutput')")
        until(lambda: "é\n:ok" in editor.lua(_OUTPUT), "the whole output")


def test_a_long_output_has_its_colours_where_its_words_are(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "note.livemd"
    given = tmp_path / "output.json"
    path.write_text("# Note\n\n## Section\n", encoding="utf-8")
    lines = [f"é{number} \U0001f408 red" for number in range(1_000)]
    text, styles, at = "\n".join(lines) + "\n", list[dict[str, object]](), 0
    for line in lines:
        styles.append({"start": at + line.index("red"), "end": at + len(line), "foreground": "red"})
        at += len(line) + 1
    # Over the end of a line.
    styles[-1]["end"] = at
    output = {"uri": path.as_uri(), "number": 1, "text": text, "styles": styles}
    with start(path) as editor:
        given.write_text(json.dumps(output), encoding="utf-8")
        parsed = f"vim.json.decode(vim.fn.readfile('{given}')[1])"
        editor.lua(f"require('livebook_ls.running').show_output({parsed})")
        marks = editor.lua(_COLOURS)

    wanted = [[row, len(it.encode()) - 3, row, len(it.encode())] for row, it in enumerate(lines)]
    assert marks == [*wanted[:-1], [*wanted[-1][:2], 1_000, 0]]


@pytest.mark.parametrize(("command", "results"), [("LivebookRun", 2), ("14,18LivebookRun", 3)])
def test_the_cell_that_is_meant_runs_though_its_save_moves_it(
    start: Start, tmp_path: Path, command: str, results: int
) -> None:
    path = tmp_path / "note.livemd"
    cells = "\n\n".join(f"```elixir\n{number} * 2\n```" for number in range(1, 5))
    path.write_text(f"# Note\n\n## Section\n\n{cells}\n", encoding="utf-8")
    with start(path) as editor:
        until(lambda: editor.lua(_STATE) == "inSync", "the session")
        # Livebook's form has but one of these lines, so that the save moves all cells up.
        editor.lua("vim.api.nvim_buf_set_lines(0, 4, 4, false, { '', '', '', '' })")
        editor.lua(f"vim.api.nvim_win_set_cursor(0, {{ 14, 0 }}) vim.cmd('{command}')")
        until(lambda: len(editor.lua(_HINTS)) >= results, "the results")
        wanted = [[6, "2"], [10, "4"], [14, "6"]][:results]

        assert sorted(editor.lua(_HINTS)) == wanted


def test_cells_are_edited_by_keys_and_one_undo_takes_it_back(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "note.livemd"
    text = '# Note\n\n## Section\n\n```elixir\na = "é"; b\nc\n```\n\nWords'
    path.write_text(text + "\n", encoding="utf-8")
    whole = "return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\\n')"
    with start(path) as editor:
        until(lambda: editor.lua(_STATE) in ("inSync", "detached"), "the server")

        def edited(plug: str, line: int, column: int = 0) -> str:
            # The end of an insertion makes an undo step of its own.
            editor.lua(f"vim.api.nvim_win_set_cursor(0, {{ {line}, {column} }})")
            keys = f"vim.keycode('<Plug>(livebook-{plug})')"
            editor.lua(f"vim.api.nvim_feedkeys({keys}, 'm', false)")
            until(lambda: editor.lua(whole) != text, plug)
            found = str(editor.lua(whole))
            place = editor.lua("return vim.api.nvim_win_get_cursor(0)[1]")
            editor.lua("vim.cmd('undo')")
            assert editor.lua(whole) == text, plug
            return f"{place}: {found}"

        apart = "\n```\n\n```elixir\n"
        halves = text.replace('é"; b', f'é";{apart} b')
        assert edited("split-cell", 6, len('a = "é";'.encode())).partition(": ")[2] == halves
        moved = '# Note\n\n## Section\n\nWords\n\n```elixir\na = "é"; b\nc\n```'
        assert edited("move-cell-down", 6).partition(": ")[2] == moved
        editor.lua("vim.cmd('LivebookSelectCell')")
        until(lambda: editor.lua("return vim.fn.mode()") == "v", "the selection")
        editor.lua("vim.cmd('normal! \\27') vim.cmd('LivebookNew ' .. vim.fn.tempname())")
        until(lambda: str(editor.lua(whole)).startswith("# Untitled notebook"), "the new notebook")


_OUTPUT = """
  for _, it in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_get_name(it):match('^livebook%-output:') then
      return table.concat(vim.api.nvim_buf_get_lines(it, 0, -1, false), '\\n')
    end
  end
  return ''
"""


_OFFERED = """
  local seen = {}
  for _, it in ipairs(vim.fn.complete_info({ 'items' }).items) do table.insert(seen, it.abbr) end
  return seen
"""
_FLOATS = """
  local seen = {}
  for _, it in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(it).relative ~= '' then
      local buffer = vim.api.nvim_win_get_buf(it)
      table.insert(seen, table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\\n'))
    end
  end
  return table.concat(seen, '\\n')
"""
# What is answered at the end of line 19, with the word behind each that says where it is from.
_ANSWERED = """
  local place = { line = 18, character = #vim.fn.getline(19) }
  local document = vim.lsp.util.make_text_document_params(0)
  local params = { textDocument = document, position = place }
  local seen = {}
  for _, it in pairs(vim.lsp.buf_request_sync(0, 'textDocument/completion', params, 20000) or {}) do
    for _, item in ipairs((it.result or {}).items or {}) do
      local told = item.labelDetails or { description = item.detail }
      table.insert(seen, { item.label, told.description or '' })
    end
  end
  return seen
"""


@needs_elixir
def test_help_with_the_code_in_cells(start: Start, tmp_path: Path) -> None:
    with start(truth.HELPED.put_into(tmp_path)) as editor:
        until(lambda: editor.lua(_STATE) in ("inSync", "detached"), "the server")

        editor.lua("vim.fn.setline(19, 'Geo.a')")
        # The helper may only be starting.
        marked = ["area/2", "from the text"]
        until(lambda: marked in editor.lua(_ANSWERED), "the helper")
        editor.lua("vim.api.nvim_win_set_cursor(0, { 19, 0 })")
        editor.lua("vim.api.nvim_input('A<C-x><C-o>')")
        until(lambda: "area/2" in editor.lua(_OFFERED), "the offer")
        editor.lua("vim.api.nvim_input('<C-e>rea(1, )<Left>')")
        until(lambda: editor.lua("return vim.fn.getline(19)") == "Geo.area(1, )", "the call")
        editor.lua("vim.lsp.buf.signature_help()")
        until(lambda: "area(width, height)" in editor.lua(_FLOATS), "the signature")
        editor.lua("vim.api.nvim_input('<Esc>:fclose!<CR>')")
        editor.lua("vim.api.nvim_win_set_cursor(0, { 19, 5 }); vim.lsp.buf.hover()")
        until(lambda: "The area." in editor.lua(_FLOATS), "the explanation")
        editor.lua("vim.cmd.fclose({ bang = true }); vim.lsp.buf.definition()")
        until(lambda: editor.lua("return vim.fn.line('.')") == 14, "the definition")

        editor.lua("vim.fn.setline(19, 'x=(1 + ]')")
        until(lambda: [18, "syntax-error"] in editor.lua(_ERRORS), "the error")
        editor.lua("vim.fn.setline(19, 'x=1'); vim.lsp.buf.format({ timeout_ms = 60000 })")
        assert editor.lua("return vim.fn.getline(19)") == "x = 1"

        editor.lua("vim.fn.setline(19, 'bound'); vim.cmd.LivebookRunAll()")
        until(lambda: ["bound_value", ""] in editor.lua(_ANSWERED), "the session's value")


def test_an_image_is_inserted_at_the_cursor_and_kept(start: Start, tmp_path: Path) -> None:
    path, image = tmp_path / "note.livemd", tmp_path / "elsewhere" / "my plöt.png"
    path.write_text("# Note\n\n## Section\n\n“é” and more\n", encoding="utf-8")
    image.parent.mkdir()
    image.write_bytes(b"\x89PNG")
    whole = "return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\\n')"
    with start(path) as editor:
        until(lambda: editor.lua(_STATE) in ("inSync", "detached"), "the server")
        editor.lua(f"vim.api.nvim_win_set_cursor(0, {{ 5, {len('“é” '.encode())} }})")
        editor.lua(f"vim.cmd.LivebookInsertFile({{ args = {{ '{image}' }} }})")
        until(lambda: "“é” ![](files/my-pl-t.png)and more" in editor.lua(whole), "the link")

        assert (tmp_path / "files" / "my-pl-t.png").read_bytes() == b"\x89PNG"
