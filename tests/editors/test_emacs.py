"""The Emacs set-up in a real Emacs, against a stand-in Livebook."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from livebook_ls.standin.server import StandIn
from tests.support.editors import truth
from tests.support.editors.emacs import Emacs, emacs
from tests.support.editors.sessions import (
    check_follows,
    put_stamped,
    save_session,
    until_follows,
    written_back,
)
from tests.support.editors.tools import installed, path_with_server, until
from tests.support.editors.truth import Truth
from tests.support.elixirs import needs_elixir
from tests.support.places import ROOT

pytestmark = pytest.mark.editor

Start = Callable[..., AbstractContextManager[Emacs]]

_STATE = '(or (plist-get livebook-status :state) "")'
_AGREES = "(if (verify-visited-file-modtime (current-buffer)) t :false)"
_MODIFIED = "(if (buffer-modified-p) t :false)"
_TEXT = "(buffer-substring-no-properties (point-min) (point-max))"
_DIAGNOSTICS = """
  (vconcat (mapcar (lambda (it) (vector (flymake-diagnostic-text it)
                                        (1- (line-number-at-pos (flymake-diagnostic-beg it)))))
                   (flymake-diagnostics)))
"""
# The names of the outline with their levels, as imenu shows them; a section repeats its own name
# as the first of its entries, so that it can be gone to.
_OUTLINE = """
  (let (found)
    (cl-labels ((add (items level)
                  (dolist (it items)
                    (when (consp it)
                      (push (vector level (substring-no-properties (car it))) found)
                      (when (consp (cdr it)) (add (cdr it) (1+ level)))))))
      (add (funcall imenu-create-index-function) 0))
    (vconcat (nreverse found)))
"""


@pytest.fixture
def start(tmp_path: Path, environ: dict[str, str]) -> Start:
    environ = environ | {"PATH": path_with_server(tmp_path)}

    def started(
        file: Path, client: str = "eglot", settings: str = ""
    ) -> AbstractContextManager[Emacs]:
        return emacs(file, tmp_path, environ, client, settings)

    return started


@pytest.fixture(params=["eglot", "lsp-mode"])
def client(request: pytest.FixtureRequest) -> str:
    """Who talks to the server in Emacs."""
    return str(request.param)


@pytest.fixture
def tour(start: Start, tmp_path: Path, livebook: StandIn, client: str) -> Iterator[Emacs]:
    """An Emacs that shows the tour, whose session lives and was written to the file once."""
    path = truth.TOUR.put_into(tmp_path)
    opened_ns = path.stat().st_mtime_ns
    with start(path, client) as editor:
        until(lambda: editor.lisp(_STATE) == "inSync", "the session")
        save_session(livebook, path)
        until(lambda: path.stat().st_mtime_ns == opened_ns, "the file's time put back")
        yield editor


@pytest.mark.parametrize("expected", truth.ALL, ids=lambda it: it.file)
def test_outline_and_diagnostics(
    start: Start, tmp_path: Path, client: str, expected: Truth
) -> None:
    with start(expected.put_into(tmp_path), client) as editor:
        until(lambda: editor.lisp(_STATE) not in ("", "looking"), "the notebook's state")
        lines = sorted(line for _, line in expected.diagnostics)
        until(lambda: lines_told(editor) == lines, "the diagnostics")

        # lsp-mode sorts by an order of its own, and puts a detail behind the name.
        seen = sorted(map(tuple, editor.lisp(_OUTLINE)))
        wanted = sorted(expected.outline)

        assert [
            (level, name[: len(it[1])]) for (level, name), it in zip(seen, wanted, strict=True)
        ] == wanted


def lines_told(editor: Emacs) -> list[int]:
    """The lines with something to say about them, but for the title's, where sessions are told."""
    return sorted(line for _, line in editor.lisp(_DIAGNOSTICS) if line)


def test_a_hazard_is_mended_by_its_fix(start: Start, tmp_path: Path, client: str) -> None:
    unclosed = truth.UNCLOSED
    path = unclosed.put_into(tmp_path)
    command = {"eglot": "eglot-code-actions", "lsp-mode": "lsp-execute-code-action"}[client]
    with start(path, client) as editor:
        until(lambda: lines_told(editor), "the diagnostics")
        editor.lisp(f"(goto-line {unclosed.diagnostics[0][1] + 1})")
        editor.key("M-x")
        editor.terminal.type(command)
        editor.key("Enter")
        editor.terminal.until_screen("ction")
        editor.terminal.type(unclosed.fix)
        editor.key("Enter")
        until(lambda: editor.lisp(_MODIFIED), "the fix")
        editor.key("C-x", "C-s")
        until(lambda: path.read_text(encoding="utf-8") == unclosed.mended, "the mended file")
        until(lambda: not lines_told(editor), "nothing more to say")

        assert editor.lisp(_TEXT) == unclosed.mended


def test_ten_saves_in_a_row_ask_nothing(tour: Emacs, tmp_path: Path, livebook: StandIn) -> None:
    path = tmp_path / truth.TOUR.file
    for number in range(1, 11):
        line = f"total = 1 + {number}1"
        save_line(tour, path, livebook, line)
        check_follows(livebook, path, line)

    assert tour.lisp(_MODIFIED) is False
    assert "changed" not in tour.messages()


def test_ten_saves_of_a_stamped_notebook_ask_nothing(
    start: Start, tmp_path: Path, livebook: StandIn, client: str
) -> None:
    path = truth.TOUR.put_into(tmp_path)
    put_stamped(livebook, path)
    opened_ns = path.stat().st_mtime_ns
    with start(path, client) as editor:
        until(lambda: editor.lisp(_STATE) == "detached", "the notebook's state")
        editor.lisp('(progn (livebook-open) "")')
        until(lambda: editor.lisp(_STATE) == "inSync", "the session")
        save_session(livebook, path)
        until(lambda: path.stat().st_mtime_ns == opened_ns, "the file's time put back")
        until(lambda: editor.lisp(_AGREES), "the file as Emacs knows it")
        for number in range(1, 11):
            line = f"total = 1 + {number}1"
            save_line(editor, path, livebook, line)
            check_follows(livebook, path, line)

        assert editor.lisp(_MODIFIED) is False
        assert "changed" not in editor.messages()


def test_the_first_minute_opened_typed_in_and_saved_asks_nothing(
    start: Start, tmp_path: Path, livebook: StandIn, client: str
) -> None:
    path = tmp_path / "loose.livemd"
    path.write_text(truth.LOOSE, encoding="utf-8")
    with start(path, client) as editor:
        until(lambda: editor.lisp(_STATE) == "detached", "the notebook's state")
        editor.lisp('(progn (livebook-open) "")')
        editor.lisp('(progn (goto-char (point-max)) (forward-line -1) (insert "y = 1\n") "")')
        save_session(livebook, path)
        livebook.wait_settled()
        until(lambda: editor.lisp(_AGREES), "the file as Emacs knows it")
        editor.lisp('(progn (save-buffer) "")')
        until_follows(livebook, path, "y = 1")
        until(lambda: editor.lisp(_AGREES), "the file as Emacs knows it")

        assert editor.lisp(_MODIFIED) is False
        assert "changed" not in editor.messages()
        check_follows(livebook, path, "y = 1")


def test_a_file_that_is_just_being_written_is_not_taken_over(tour: Emacs) -> None:
    report = '(plist-put (copy-sequence livebook-status) :state "{}")'
    note = "(livebook--note {}) (accept-process-output nil 0.05)"
    syncing = note.format(report.format("syncing"))

    assert tour.lisp(f"(set-file-times buffer-file-name) {syncing} {_AGREES}") is False
    until(
        lambda: tour.lisp(f"{note.format(report.format('inSync'))} {_AGREES}"),
        "the file as Emacs knows it",
    )


def save_line(editor: Emacs, path: Path, livebook: StandIn, line: str) -> None:
    """Write `line` into the code and save; wait until Livebook has written the file in turn."""
    with written_back(livebook, path):
        editor.lisp(
            "(progn (goto-char (point-min)) (forward-line 13)"
            f' (delete-region (point) (line-end-position)) (insert "{line}") (save-buffer) t)'
        )
    until(lambda: editor.lisp(_AGREES), "the file as Emacs knows it")


def test_the_session_is_opened_in_the_browser(
    tour: Emacs, tmp_path: Path, livebook: StandIn
) -> None:
    session = livebook.session(tmp_path / truth.TOUR.file)
    assert session
    tour.lisp('(progn (livebook-open) "")')
    opened = tmp_path / "opened"
    until(opened.exists, "the session's page")
    tour.lisp('(progn (livebook-status) "")')
    until(lambda: session.id in tour.messages(), "the session's address in a message")

    assert opened.read_text(encoding="utf-8") == f"{livebook.url}/sessions/{session.id}\n"


def test_the_status_shows_no_token(
    tmp_path: Path, environ: dict[str, str], livebook: StandIn
) -> None:
    environ = environ | {
        "PATH": path_with_server(tmp_path),
        "LIVEBOOK_URL": f"{livebook.url}/?token=s3cret",
    }
    with emacs(truth.TOUR.put_into(tmp_path), tmp_path, environ) as editor:
        until(lambda: editor.lisp(_STATE) == "inSync", "the session")
        editor.lisp('(progn (livebook-status) "")')
        until(lambda: "/sessions/" in editor.messages(), "the address")

        assert "s3cret" not in editor.messages()


def test_livebook_goes_away_and_comes_back(tour: Emacs, tmp_path: Path, livebook: StandIn) -> None:
    path = tmp_path / truth.TOUR.file
    shown = "(format-mode-line mode-line-process)"
    in_sync = tour.lisp(shown)
    livebook.stop()
    tour.lisp("(progn (goto-char (point-max)) (insert ?x ?\n) (save-buffer) t)")
    until(lambda: tour.lisp(_STATE) == "notRunning", "the end of Livebook")
    away = tour.lisp(shown)
    livebook.start()
    until(lambda: tour.lisp(_STATE) == "inSync", "Livebook's return")
    until_follows(livebook, path, "x")

    assert (in_sync, away) == (" ✓", " ○")


def test_cells_are_gone_to_one_by_one(start: Start, tmp_path: Path) -> None:
    path = truth.TOUR.put_into(tmp_path)
    text = truth.TOUR.text.replace("total * 21", "# total * 21")
    path.write_text(text, encoding="utf-8")
    line = "(line-number-at-pos)"
    with start(path) as editor:
        editor.lisp("(goto-char (point-min))")
        there = [editor.lisp(f"(progn (livebook-next-cell) {line})") for _ in range(6)]
        back = [editor.lisp(f"(progn (livebook-previous-cell) {line})") for _ in range(2)]

    assert there == [3, 5, 9, 13, 24, 27]
    assert back == [24, 13]


@pytest.mark.parametrize(
    ("line", "commented"),
    [(1, "<!-- Prose -->"), (4, "# x = 1"), (8, "%% X = 1."), (10, "<!-- More -->")],
)
def test_a_comment_is_its_cells(start: Start, tmp_path: Path, line: int, commented: str) -> None:
    path = tmp_path / "note.livemd"
    cells = "```elixir\nx = 1\n```\n\n```erlang\nX = 1.\n```\nMore\n"
    path.write_text(f"Prose\n\n{cells}", encoding="utf-8")
    there = f"(progn (goto-char (point-min)) (forward-line {line - 1}))"
    text = "(buffer-substring-no-properties (line-beginning-position) (line-end-position))"
    with start(path) as editor:
        before = editor.lisp(f"(progn {there} {text})")
        comment = "(call-interactively (command-remapping 'comment-line))"
        after, again = (editor.lisp(f"(progn {there} {comment} {there} {text})") for _ in range(2))

    assert after == commented
    assert again == before


def test_a_cell_runs_and_shows_what_it_gave(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "note.livemd"
    path.write_text("# Note\n\n## Section\n\n```elixir\n40 + 1\n```\n", encoding="utf-8")
    with start(path) as editor:
        until(lambda: editor.lisp(_STATE) in ("inSync", "detached"), "the server")
        editor.lisp('(progn (search-forward "40 + ") (delete-char 1) (insert "2"))')
        editor.key("C-c", "C-c")
        until(lambda: any("  42" in text for text, _ in editor.lisp(_DIAGNOSTICS)), "the result")

        assert "40 + 2" in path.read_text(encoding="utf-8")


def test_cells_are_edited_by_keys_and_point_goes_along(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "note.livemd"
    text = '# Note\n\n## Section\n\n```elixir\na = "🎈"; b\nc\n```\n\nWords\n'
    path.write_text(text, encoding="utf-8")
    halves = text.replace('"; b', '";\n```\n\n```elixir\n b')
    whole, line = "(buffer-string)", "(line-number-at-pos)"
    with start(path) as editor:
        until(lambda: editor.lisp(_STATE) in ("inSync", "detached"), "the server")
        editor.lisp('(search-forward ";")')
        editor.key("C-c", "%", "s")
        until(lambda: editor.lisp(whole) == halves, "the halves")
        until(lambda: editor.lisp(line) == 10, "point in the second")
        editor.lisp('(progn (goto-char (point-min)) (search-forward "elixir"))')
        editor.key("C-c", "%", "j")
        until(lambda: editor.lisp(line) == 7, "point at the seam")
        editor.lisp(f'(progn (livebook-new "{tmp_path}/new") t)')
        begun = '(with-current-buffer "new.livemd" (buffer-string))'
        until(lambda: editor.lisp(begun).startswith("# Untitled notebook"), "the new notebook")


def test_cells_are_edited_in_lsp_mode_too(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "note.livemd"
    text = '# Note\n\n## Section\n\n```elixir\na = "🎈"; b\nc\n```\n\nWords\n'
    path.write_text(text, encoding="utf-8")
    halves = text.replace('"; b', '";\n```\n\n```elixir\n b')
    whole, line = "(buffer-string)", "(line-number-at-pos)"
    with start(path, "lsp-mode") as editor:
        until(lambda: editor.lisp(_STATE) in ("inSync", "detached"), "the server")
        editor.lisp('(search-forward ";")')
        editor.key("C-c", "%", "s")
        until(lambda: editor.lisp(whole) == halves, "the halves")
        until(lambda: editor.lisp(line) == 10, "point in the second")
        editor.key("C-c", "%", "d")
        until(lambda: editor.lisp(whole) == text.replace('"; b\nc', '";'), "the first alone")


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
# The lines that are to be seen.
_SEEN = """
  (save-excursion
    (goto-char (point-min))
    (let (seen)
      (while (not (eobp))
        (unless (invisible-p (point)) (push (line-number-at-pos) seen))
        (forward-line))
      (vconcat (nreverse seen))))
"""
_FOLDED = [*range(1, 12), 16, 17]


def test_outputs_are_folded_and_shown_again(start: Start, tmp_path: Path, client: str) -> None:
    path = tmp_path / "note.livemd"
    path.write_text(KEPT_OUTPUTS, encoding="utf-8")
    with start(path, client, "(setq livebook-fold-outputs-at-open t)") as editor:
        until(lambda: editor.lisp(_SEEN) == _FOLDED, "the fold at open")
        editor.key("C-u", "C-c", "%", "z")
        until(lambda: editor.lisp(_SEEN) == [*range(1, 18)], "all of it")
        editor.key("C-c", "%", "z")
        until(lambda: editor.lisp(_SEEN) == _FOLDED, "the fold")

        assert editor.lisp(_MODIFIED) is False


def test_an_image_is_inserted_at_point_and_kept(start: Start, tmp_path: Path, client: str) -> None:
    path, image = tmp_path / "note.livemd", tmp_path / "elsewhere" / "my plot.png"
    path.write_text("# Note\n\n## Section\n\n“🎈” and more\n", encoding="utf-8")
    image.parent.mkdir()
    image.write_bytes(b"\x89PNG")
    with start(path, client) as editor:
        until(lambda: editor.lisp(_STATE) in ("inSync", "detached"), "the server")
        editor.lisp('(search-forward "” ")')
        editor.lisp(f'(progn (livebook-insert-file "{image}") t)')
        link = "“🎈” ![](files/my-plot.png)and more"
        until(lambda: link in editor.lisp("(buffer-string)"), "the link")

        assert (tmp_path / "files" / "my-plot.png").read_bytes() == b"\x89PNG"


def test_without_markdown_mode_a_notebook_has_colours_and_an_outline(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    program = installed("emacs/bin/emacs", "emacs")
    code = f"""(progn
      (setq load-path (seq-remove (lambda (it) (string-match-p "markdown" it)) load-path))
      (require 'imenu)
      (load "{ROOT}/editors/emacs/livebook-ls.el" nil t)
      (setq livebook-ls-client nil)
      (find-file "{truth.TOUR.put_into(tmp_path)}")
      (font-lock-mode 1)
      (font-lock-ensure)
      (princ (list major-mode (derived-mode-p 'text-mode) (get-text-property 47 'face)
                   (length (imenu--make-index-alist t)))))"""
    done = subprocess.run(
        [program, "-Q", "--batch", "--eval", code],
        env=environ | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == "(livebook-mode text-mode font-lock-function-name-face 4)", done.stderr


def test_the_lisp_compiles_without_a_word(tmp_path: Path, environ: dict[str, str]) -> None:
    program = installed("emacs/bin/emacs", "emacs")
    copy = shutil.copy(ROOT / "editors" / "emacs" / "livebook-ls.el", tmp_path)
    strictly = "(setq byte-compile-error-on-warn t)"
    done = subprocess.run(
        [program, "-Q", "--batch", "--eval", strictly, "-f", "batch-byte-compile", copy],
        env=environ | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr


_TO_LINE_19 = "(goto-char (point-min)) (forward-line 18)"
_ERROR_LINES = f"(vconcat (mapcar (lambda (it) (aref it 1)) {_DIAGNOSTICS}))"
# What the table of completions at the end of line 19 has, as text.
_OFFERED = f"""
  (progn
    {_TO_LINE_19}
    (end-of-line)
    (pcase (run-hook-with-args-until-success 'completion-at-point-functions)
      (`(,start ,end ,table . ,_)
       (vconcat (mapcar #'substring-no-properties
                        (all-completions (buffer-substring-no-properties start end) table))))
      (_ [])))
"""


@needs_elixir
def test_help_with_the_code_in_cells(start: Start, tmp_path: Path) -> None:
    path = truth.HELPED.put_into(tmp_path)
    with start(path) as editor:
        until(lambda: editor.lisp(_STATE) in ("inSync", "detached"), "the server")

        def write(line: str) -> None:
            editor.lisp(f'(progn {_TO_LINE_19} (kill-line) (insert "{line}") t)')

        write("Geo.a")
        # The helper may only be starting.
        until(lambda: any("area" in it for it in editor.lisp(_OFFERED)), "the offer")
        write("Geo.area(1, )")
        editor.lisp("(progn (backward-char) (eldoc t) t)")
        until(lambda: "area(width, height)" in editor.lisp(_TOLD), "the signature")
        editor.lisp(f"(progn {_TO_LINE_19} (forward-char 5) (eldoc t) t)")
        until(lambda: "The area." in editor.lisp(_TOLD), "the explanation")
        editor.lisp("(progn (xref-find-definitions (xref-backend-identifier-at-point 'eglot)) t)")
        until(lambda: editor.lisp("(line-number-at-pos)") == 14, "the definition")

        write("x=(1 + ]")
        until(lambda: 18 in editor.lisp(_ERROR_LINES), "the error")
        write("x=1")
        editor.lisp("(progn (eglot-format-buffer) (save-buffer) t)")
        until(lambda: "\nx = 1\n" in path.read_text(encoding="utf-8"), "the form in the file")
        editor.lisp('(progn (livebook-run-all) "")')
        until(lambda: any("4242" in text for text, _ in editor.lisp(_DIAGNOSTICS)), "the result")
        # What the text no longer says, the session still knows.
        renames = '(search-forward "bound_value") (replace-match "renamed")'
        editor.lisp(f"(progn (goto-char (point-min)) {renames} t)")
        write("bound")
        until(lambda: "bound_value" in editor.lisp(_OFFERED), "the session's value")


_TOLD = """
  (if-let* ((buffer (ignore-errors (eldoc-doc-buffer))))
      (with-current-buffer buffer (buffer-substring-no-properties (point-min) (point-max)))
    "")
"""
