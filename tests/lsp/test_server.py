"""The main job through stdio, against the stand-in: open, save, follow, fail, recover."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from livebook_ls.standin.control.faults import Faults
from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from tests.conftest import CANONICAL

EDITED = CANONICAL.replace("1 + 1", "2 + 2")
NOT_CANONICAL = "# Note\n\n## Section\n\n- a\n- b\n"


def calls(livebook: StandIn, path: str) -> list[str]:
    return [it.target for it in livebook.requests if it.target == path]


def test_opening_a_canonical_notebook_opens_its_session(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = editor.open(notebook)
    status = editor.wait_for_state(uri, "inSync")

    session = livebook.session(notebook)

    assert session is not None
    assert status["url"] == f"{livebook.url}/sessions/{session.id}"
    assert editor.diagnostics.get(uri, []) == []


def test_looking_at_a_notebook_that_livebook_would_rewrite_opens_nothing(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    notebook.write_text(livebook.stamp(CANONICAL), encoding="utf-8")
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "detached")

    assert livebook.session(notebook) is None
    assert calls(livebook, "/dev/open") == []
    assert [it["code"] for it in editor.diagnostics[uri]] == ["not-open"]


def test_a_save_reaches_the_session(editor: Editor, livebook: StandIn, notebook: Path) -> None:
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    editor.save(uri, notebook, EDITED)
    editor.wait_for(
        lambda: (it := livebook.session(notebook)) and it.text == EDITED, "the edit in the session"
    )

    assert editor.wait_for_state(uri, "inSync")


def test_a_hundred_saves_are_at_most_three_syncs_one_after_the_other(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    livebook.wait_settled()
    livebook.clear_requests()
    livebook.faults = Faults(delay_s=0.2, under="/dev/sync")
    for number in range(1, 101):
        editor.save(uri, notebook, CANONICAL.replace("1 + 1", f"save({number})"))
    last = CANONICAL.replace("1 + 1", "save(100)")
    editor.wait_for(
        lambda: (it := livebook.session(notebook)) and it.text == last, "save 100 in the session"
    )
    editor.wait_for_state(uri, "inSync")

    syncs = [it for it in livebook.requests if it.target == "/dev/sync"]

    assert len(syncs) <= 3
    for before, after in itertools.pairwise(syncs):
        assert before.ended_s is not None
        assert before.ended_s <= after.began_s


@pytest.mark.fault(
    "livebook",
    "Livebook is restarted",
    during="the next save",
    shows="in sync, with a new session",
    recovers="by itself",
)
def test_a_notebook_gets_a_new_session_when_livebook_was_restarted(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = editor.open(notebook)
    first = editor.wait_for_state(uri, "inSync")["url"]
    livebook.restart()
    editor.save(uri, notebook, EDITED)
    editor.wait_for(
        lambda: (it := editor.status(uri)) and it["state"] == "inSync" and it["url"] != first,
        "another session",
    )

    session = livebook.session(notebook)

    assert session is not None
    assert session.text == EDITED


@pytest.mark.slow
@pytest.mark.fault(
    "livebook",
    "the dev endpoints are off",
    during="a notebook is opened",
    sees="EndpointsOff",
    recovers="by itself, once they are on",
)
def test_endpoints_switched_off_are_told_and_the_switch_is_noticed(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    livebook.faults = Faults(is_off=True)
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "refused")

    (diagnostic,) = editor.diagnostics[uri]

    assert diagnostic["code"] == "endpoints-off"
    assert diagnostic["source"] == "livebook"
    assert "Settings → Dev endpoints" in diagnostic["message"]
    titles = [it["title"] for it in editor.actions(uri)]
    assert titles == [
        "Open Livebook's settings page",
        "Try again",
        "Run All",
        "Run Stale Cells",
        "Insert Code Cell Below",
        "Insert Markdown Cell Below",
        "Open in Livebook",
        "Sync to Livebook now",
    ]

    livebook.faults = Faults()
    editor.wait_for_state(uri, "inSync")
    assert editor.diagnostics[uri] == []


@pytest.mark.slow
def test_a_livebook_that_starts_later_is_picked_up(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    livebook.stop()
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "notRunning")

    (diagnostic,) = editor.diagnostics[uri]

    assert (diagnostic["code"], diagnostic["severity"]) == ("not-running", 3)
    livebook.start()
    editor.wait_for_state(uri, "inSync")
    assert editor.diagnostics[uri] == []


def test_open_in_livebook_shows_the_session_in_the_browser(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    notebook.write_text(NOT_CANONICAL, encoding="utf-8")
    uri = editor.open(notebook)
    answer = editor.command("livebook.open", uri)

    session = livebook.session(notebook)

    assert session is not None
    assert answer["url"] == f"{livebook.url}/sessions/{session.id}"
    assert editor.shown == [answer["url"]]


def test_a_section_opens_at_its_place_on_the_page(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    notebook.write_text(CANONICAL + "\n## More & more\n\nWords.\n", encoding="utf-8")
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    (action,) = [it for it in editor.actions(uri, line=10) if "More" in it["title"]]
    editor.command(action["command"]["command"], *action["command"]["arguments"])
    editor.command("livebook.openAtSection", uri)
    session = livebook.session(notebook)

    assert session
    assert action["title"] == "Open in Livebook at “More & more”"
    page = f"{livebook.url}/sessions/{session.id}"
    assert editor.shown == [f"{page}#more-more", page]


def test_a_session_can_be_opened_with_nothing_shown(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    notebook.write_text(NOT_CANONICAL, encoding="utf-8")
    uri = editor.open(notebook)
    answer = editor.command("livebook.attach", uri)

    session = livebook.session(notebook)

    assert session is not None
    assert answer["url"] == f"{livebook.url}/sessions/{session.id}"
    assert editor.shown == []


def test_a_command_without_a_uri_means_the_document_last_touched(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    editor.open(notebook)
    editor.command("livebook.open")

    assert livebook.session(notebook) is not None


def test_an_editor_that_shows_no_documents_is_given_the_address(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    editor.shows_documents = False
    uri = editor.open(notebook)
    answer = editor.command("livebook.open", uri)
    editor.wait_for(lambda: editor.messages, "a message")

    assert answer["url"] in editor.messages[-1]["message"]
    assert livebook.session(notebook) is not None


def test_a_token_goes_into_the_address_and_nowhere_else(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    editor = start_editor(settings={"url": f"{livebook.url}/?token=s3cret"})
    uri = editor.open(notebook)
    status = editor.wait_for_state(uri, "inSync")

    assert status["url"].endswith("?token=s3cret")
    assert "s3cret" not in json.dumps(editor.diagnostics)
    assert all("token" not in it.target for it in livebook.requests)


def test_a_session_known_by_the_real_path_is_found_through_a_link(
    editor: Editor, livebook: StandIn, notebook: Path, tmp_path: Path
) -> None:
    first = editor.open(notebook)
    url = editor.wait_for_state(first, "inSync")["url"]
    link = tmp_path / "link.livemd"
    link.symlink_to(notebook)
    second = editor.open(link)
    editor.wait_for_state(second, "inSync")

    assert editor.status(second)["url"] == url
    assert len(livebook.sessions) == 1


def test_documents_that_are_no_notebook_files_are_ignored(editor: Editor, notebook: Path) -> None:
    text = notebook.read_text(encoding="utf-8")
    for uri in (f"git:{notebook}", notebook.with_suffix(".md").as_uri()):
        document = {"uri": uri, "languageId": "livebook", "version": 1, "text": text}
        editor.notify("textDocument/didOpen", {"textDocument": document})
        editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")

    assert list(editor.statuses) == [uri]


@pytest.mark.fault(
    "editor",
    "a document is closed",
    during="anything",
    shows="nothing of it any more",
    recovers="by opening it again",
)
def test_closing_takes_back_what_was_shown(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    livebook.faults = Faults(is_off=True)
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "refused")
    editor.close_document(uri)

    assert editor.wait_for(lambda: editor.diagnostics[uri] == [], "no diagnostics")


@pytest.mark.slow
def test_a_renamed_notebook_gets_its_session_back(
    editor: Editor, livebook: StandIn, notebook: Path, tmp_path: Path
) -> None:
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    livebook.wait_settled()
    moved = notebook.rename(tmp_path / "moved.livemd")
    moved.write_text(NOT_CANONICAL, encoding="utf-8")
    editor.close_document(uri)
    again = editor.open(moved)
    files = [{"oldUri": uri, "newUri": moved.as_uri()}]
    editor.notify("workspace/didRenameFiles", {"files": files})

    editor.wait_for_state(again, "inSync")
    assert livebook.session(moved) is not None


def test_a_bad_setting_is_told_by_name(start_editor: Callable[..., Editor]) -> None:
    editor = start_editor(settings={"openOnDidOpen": "sometimes"})
    editor.wait_for(lambda: editor.messages, "a message")

    assert editor.messages[0]["message"].startswith("livebook.openOnDidOpen must be one of")


def test_restamp_puts_livebooks_form_into_the_buffer(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    notebook.write_text(livebook.stamp(CANONICAL), encoding="utf-8")
    uri = editor.open(notebook)
    editor.change(uri, editor.texts[uri].replace("1 + 1", "3 + 3"))
    editor.command("livebook.restamp", uri)

    assert "3 + 3" in editor.texts[uri]
    assert '"stamp"' in editor.texts[uri]
    assert notebook.read_text(encoding="utf-8").count("3 + 3") == 0


def test_unicode_paths_and_texts_arrive(editor: Editor, livebook: StandIn, tmp_path: Path) -> None:
    path = tmp_path / "mit Leer zeichen ü 漢字 😀 %41.livemd"
    path.write_bytes(CANONICAL.encode())
    uri = editor.open(path)
    editor.wait_for_state(uri, "inSync")
    text = CANONICAL.replace("1 + 1", '"😀\u2028漢\u0085\f"')
    editor.save(uri, path, text)

    editor.wait_for(
        lambda: (it := livebook.session(path)) and it.text == text, "the text in the session"
    )


def test_a_notebook_that_is_open_by_two_uris_is_told_of_at_both(
    editor: Editor, notebook: Path
) -> None:
    one = editor.open(notebook)
    other = one.replace("note.livemd", "%6Eote.livemd")
    editor.open_text(other, CANONICAL)

    assert editor.wait_for_state(one, "inSync")
    assert editor.wait_for_state(other, "inSync")
