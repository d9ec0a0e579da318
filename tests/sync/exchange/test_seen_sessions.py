"""A joined session that has told of nothing since the last look is not asked before a save."""

from __future__ import annotations

from pathlib import Path

from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn

BASE = """# N

## S

```elixir
first = fn it -> it + 1 end
:one
```

Words between them.

```elixir
second = fn it -> it + 2 end
:two
```
"""
MOST_SAVES = 20


def opened(editor: Editor, livebook: StandIn, notebook: Path) -> str:
    """The notebook with a session that its server has joined."""
    notebook.write_text(BASE, encoding="utf-8")
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    editor.wait_for(lambda: takes_part(livebook, notebook), "the server to join")
    return uri


def takes_part(livebook: StandIn, notebook: Path) -> bool:
    live = livebook.live(notebook)
    return live is not None and live.client_names != ()


def asked(livebook: StandIn) -> list[str]:
    """What was asked of sessions, in order."""
    words = {"/dev/sync": "sync", "/download/export/livemd": "export"}
    targets = [it.target for it in livebook.requests]
    return [word for it in targets for end, word in words.items() if it.endswith(end)]


def save(editor: Editor, livebook: StandIn, uri: str, notebook: Path, text: str) -> list[str]:
    """Save, and wait until the session was looked at in the quiet behind it; what was asked."""
    livebook.clear_requests()
    editor.save(uri, notebook, text)
    editor.wait_for(lambda: "export" in after_sync(livebook), "the look behind the save")
    return asked(livebook)


def after_sync(livebook: StandIn) -> list[str]:
    found = asked(livebook)
    return found[found.index("sync") :] if "sync" in found else []


def test_a_session_that_was_silent_since_is_not_asked_before_a_save(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, livebook, notebook)

    for number in range(MOST_SAVES):
        found = save(editor, livebook, uri, notebook, BASE.replace(":one", f":mine{number}"))
        if found[0] == "sync":
            break
    assert found[0] == "sync"


def test_what_was_typed_in_the_browser_since_is_merged_all_the_same(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, livebook, notebook)
    save(editor, livebook, uri, notebook, BASE.replace(":one", ":mine"))
    livebook.edit_session(notebook, BASE.replace(":one", ":mine").replace(":two", ":theirs"))
    editor.save(uri, notebook, BASE.replace(":one", ":mine, again"))

    both = BASE.replace(":one", ":mine, again").replace(":two", ":theirs")
    editor.wait_for(lambda: session_has(livebook, notebook, both), "both in the session")
    editor.wait_for(lambda: notebook.read_text("utf-8") == both, "both in the file")


def session_has(livebook: StandIn, notebook: Path, text: str) -> bool:
    session = livebook.session(notebook)
    return session is not None and session.text == text
