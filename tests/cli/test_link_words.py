"""What a terminal says of notebooks names what a terminal has."""

from __future__ import annotations

import json

import pytest

from livebook_ls.cli.link_words import told, told_of
from livebook_ls.cli.watch.event_lines import Lines
from livebook_ls.livebook import errors
from livebook_ls.livebook.errors import LivebookError
from livebook_ls.livebook.live.errors import LoginRefused
from livebook_ls.notebook.inspection import inspect_bytes
from livebook_ls.sync.link import NotebookLink, State
from livebook_ls.sync.telling import findings, login, merge_findings, session_findings, stamps
from livebook_ls.sync.telling.command_words import in_terminal_words

WIPES = "# Note\n\n## Section\n\n<div>\n\n```elixir\n1\n```\n"
CRASHES = "# Note\n\n<!-- livebook:{ -->\n"


def held(text: str, session: str | None = "/sessions/a") -> NotebookLink:
    link = NotebookLink("/note.livemd", lambda _: None)
    link.session_path = session
    (hazard, *_) = inspect_bytes(text.encode()).hazards
    link.enter(State.HELD, findings.of_hazard(hazard, is_held=True))
    return link


def test_what_can_be_agreed_to_names_the_command() -> None:
    sent = "It was not sent. `livebook-ls sync --anyway` sends it all the same."
    opened = "It was not sent. `livebook-ls open --anyway` opens it all the same."

    assert told_of(held(WIPES)).endswith(sent)
    assert told_of(held(WIPES, session=None)).endswith(opened)
    assert opened.partition(". ")[2] in told(stamps.open_drops_stamp(), held(WIPES, session=None))


def test_nothing_is_asked_again_by_itself_once_a_command_has_ended() -> None:
    for sentence in (
        errors.TimedOut(10.0).sentence,
        errors.StartElsewhere("http://elsewhere:8080").sentence,
        session_findings.not_confirmed().sentence,
        session_findings.busy_elsewhere().sentence,
    ):
        assert "by itself" not in in_terminal_words(sentence)


def test_what_would_crash_names_no_way_to_send_it() -> None:
    assert told_of(held(CRASHES)).endswith("It was not sent.")


@pytest.mark.parametrize("as_json", [False, True])
def test_watch_says_it_so_too(capsys: pytest.CaptureFixture[str], as_json: bool) -> None:
    Lines(as_json=as_json, is_quiet=False, failed=lambda it: pytest.fail(str(it))).tell(held(WIPES))
    said = capsys.readouterr().out.rstrip()

    sentence = json.loads(said)["sentence"] if as_json else said
    assert sentence.endswith("`livebook-ls sync --anyway` sends it all the same.")


@pytest.mark.parametrize(
    "error",
    [
        LoginRefused("token", was_given=False),
        LoginRefused("password", was_given=True),
        errors.NotRunning("http://localhost:8080"),
        errors.NotInstalled("livebook"),
        errors.StartFailed("it ended"),
        errors.PortTaken("8080 is taken"),
        errors.StartTooSlow(30.0, ""),
        errors.NotUnderstood("HTTP status 200"),
    ],
    ids=lambda it: type(it).__name__,
)
def test_no_error_names_an_editors_setting(error: LivebookError) -> None:
    assert "livebook." not in in_terminal_words(error.sentence).replace("livebook.dev", "")


@pytest.mark.parametrize(
    "sentence",
    [
        login.token_needed().sentence,
        login.token_wrong().sentence,
        merge_findings.NOT_SHOWN,
        findings.not_open(reformats=True).sentence,
        stamps.stamp_stale().sentence,
    ],
)
def test_no_finding_names_what_only_editors_have(sentence: str) -> None:
    words = in_terminal_words(sentence)

    assert "livebook." not in words
    assert "“" not in words
