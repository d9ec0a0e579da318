"""The doctor's observations, compared with what is really there."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from livebook_ls.doctor.checkup import check_up
from livebook_ls.doctor.observation import Observation, Urgency
from livebook_ls.doctor.path_proposal import propose
from livebook_ls.livebook.examination import examine
from livebook_ls.settings import PathMapping, Settings
from livebook_ls.standin import server
from livebook_ls.standin.control.faults import Faults, Reply
from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from livebook_ls.standin.settings import Access
from tests.conftest import CANONICAL
from tests.support.command import run
from tests.support.elixirs import needs_elixir
from tests.support.git import commit_all
from tests.support.proxy import Proxy
from tests.support.sockets import saying


def seen(
    url: str = "", file: Path | None = None, *, settings: Settings | None = None, **environ: str
) -> dict[str, Observation]:
    """What is told about the Livebook at `url`, by code."""
    path = None if file is None else str(file)
    alone = {"HOME": "/nowhere", "LIVEBOOK_URL": url, "LIVEBOOK_LS_PORTS": "1"}
    # An Elixir takes a second to start: only who is about it asks for it.
    settings = settings or Settings(language_help=False)
    return {it.code: it for it in check_up(settings, alone | environ, path)}


def test_a_livebook_that_is_well_has_no_problem(livebook: StandIn, notebook: Path) -> None:
    found = seen(livebook.url, notebook)

    assert {"livebook", "no-login", "path", "hazards", "autosave", "clock", "versions"} < set(found)
    assert not [it for it in found.values() if it.level in (Urgency.PROBLEM, Urgency.WARNING)]
    assert found["livebook"].sentence.startswith(
        f"Livebook at {livebook.url} (found by LIVEBOOK_URL) takes syncs"
    )
    # Nothing is made or read by looking.
    assert livebook.sessions == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("faults", "code"),
    [
        (Faults(is_off=True), "endpoints-off"),
        (Faults(is_too_old=True), "too-old"),
        (Faults(is_another_application=True), "another-program"),
        (Faults(reply=Reply.HANG), "timed-out"),
        (Faults(reply=Reply.REDIRECT), "not-understood"),
    ],
)
def test_what_is_wrong_is_a_problem_with_its_mend(
    livebook: StandIn, faults: Faults, code: str
) -> None:
    livebook.faults = faults
    found = seen(livebook.url)[code]

    assert found.level is Urgency.PROBLEM
    assert livebook.url in found.sentence or faults.reply is not Reply.RIGHT
    assert found.mend


def test_a_setting_that_makes_no_sense_is_a_problem() -> None:
    assert "is not an http address" in seen("ftp://a")["bad-setting"].sentence
    assert "LIVEBOOK_LS_PORTS" in seen(LIVEBOOK_LS_PORTS="all")["bad-setting"].sentence


def test_what_else_answers_is_told(livebook: StandIn) -> None:
    with StandIn() as other, saying(b"SSH-2.0\r\n") as taken:
        ports = f"{other.port},{taken.rsplit(':')[-1]},1"
        pinned = seen(livebook.url, LIVEBOOK_LS_PORTS=ports)
        unpinned = seen(LIVEBOOK_LS_PORTS=f"{ports},{livebook.port}")
        other.faults = Faults(is_off=True)
        off = seen(LIVEBOOK_LS_PORTS=f"{ports},{livebook.port}")
        livebook.stop()
        only_off = seen(LIVEBOOK_LS_PORTS=f"{ports},{livebook.port}")

    assert f":{other.port}, takes syncs; it is not used" in pinned["another-livebook"].sentence
    assert "no Livebook answers" in pinned["port-taken"].sentence
    assert f":{other.port} (found by" in unpinned["livebook"].sentence
    assert f":{livebook.port}, takes syncs" in unpinned["another-livebook"].sentence
    assert f":{livebook.port} (found by" in off["livebook"].sentence
    assert "doesn't take syncs (endpoints-off)" in off["another-livebook"].sentence
    assert "livebook" not in only_off
    assert f":{other.port}" in only_off["endpoints-off"].sentence


def test_nobody_anywhere_is_told_with_every_place() -> None:
    with saying(b"SSH-2.0\r\n") as taken:
        found = seen(LIVEBOOK_LS_PORTS=f"1,{taken.rsplit(':')[-1]}")

    assert found["not-running"].sentence.startswith("No Livebook is running at http://localhost:")
    assert "port-taken" in found
    assert "localhost:1 (port 1 of" in found["looked-at"].sentence


@pytest.mark.parametrize(
    ("access", "token", "code", "level"),
    [
        (Access(password="p"), "", "password-needed", Urgency.NOTE),  # noqa: S106
        (Access(token="t"), "", "token-needed", Urgency.NOTE),  # noqa: S106
        (Access(token="t"), "/?token=u", "token-wrong", Urgency.WARNING),  # noqa: S106
        (Access(token="t"), "/?token=t", "token", Urgency.OK),  # noqa: S106
    ],
)
def test_what_a_link_will_meet_is_told(
    access: Access, token: str, code: str, level: Urgency
) -> None:
    with StandIn(server.StandInSettings(access=access)) as livebook:
        assert seen(livebook.url + token)[code].level is level


def test_a_livebook_for_the_whole_network_is_a_warning(livebook: StandIn) -> None:
    with StandIn(server.StandInSettings(host="0.0.0.0")) as open_wide:  # noqa: S104 — that is the case
        url = open_wide.url.replace("0.0.0.0", "localhost")  # noqa: S104
        chosen = examine(Settings(url=url), {"LIVEBOOK_LS_PORTS": "1"}).chosen
        if not chosen.exposed_at:
            pytest.skip("this machine has no address but loopback's")
        warned = seen(url)["exposed"]

    assert warned.level is Urgency.WARNING
    assert chosen.exposed_at[0] in warned.sentence
    assert "exposed" not in seen(livebook.url)


@pytest.mark.parametrize(
    ("text", "code", "level", "told"),
    [
        (CANONICAL + "\n[a]: http://e.org\n\n[a]\n", "hazards", Urgency.WARNING, "link-definition"),
        (CANONICAL + "\n<!-- livebook:{ -->\n", "hazards", Urgency.PROBLEM, "invalid-json"),
        (
            '<!-- livebook:{"autosave_interval_s":null} -->\n\n' + CANONICAL,
            "autosave-off",
            Urgency.WARNING,
            "Autosave is off",
        ),
        (
            '<!-- livebook:{"autosave_interval_s":60} -->\n\n' + CANONICAL,
            "autosave",
            Urgency.OK,
            "every 60 s",
        ),
    ],
    ids=["loses", "crashes", "off", "every minute"],
)
def test_what_livebook_would_do_to_the_file_is_told(
    livebook: StandIn, notebook: Path, text: str, code: str, level: Urgency, told: str
) -> None:
    notebook.write_text(text, encoding="utf-8")
    found = seen(livebook.url, notebook)[code]

    assert (found.level, told in found.sentence) == (level, True)


def test_a_stamp_is_valid_stale_or_unknown(livebook: StandIn, notebook: Path) -> None:
    stamped = livebook.stamp(CANONICAL)
    notebook.write_text(stamped, encoding="utf-8")
    valid = seen(livebook.url, notebook)
    notebook.write_text(stamped.replace("1 + 1", "2 + 2"), encoding="utf-8")
    elsewhere = seen(livebook.url, notebook)
    notebook.write_text(stamped, encoding="utf-8")
    commit_all(notebook.parent)
    notebook.write_text(stamped.replace("1 + 1", "2 + 2"), encoding="utf-8")
    stale = seen(livebook.url, notebook)
    livebook.stop()
    unknown = seen(livebook.url, notebook)

    assert (valid["stamp"].level, stale["stamp-stale"].level) == (Urgency.OK, Urgency.WARNING)
    assert elsewhere["stamp-elsewhere"].level is Urgency.NOTE
    assert unknown["stamp-unknown"].level is Urgency.NOTE


def test_a_file_that_is_none_is_a_problem(livebook: StandIn, tmp_path: Path) -> None:
    gone = seen(livebook.url, tmp_path / "gone.livemd")["file-unreadable"]
    other = seen(livebook.url, tmp_path / "a.md")["not-a-notebook"]

    assert "no such file or directory" in gone.sentence
    assert (gone.level, other.level) == (Urgency.PROBLEM, Urgency.PROBLEM)


@pytest.mark.slow
def test_a_container_that_sees_the_file_elsewhere_gets_its_mapping(
    livebook: StandIn, notebook: Path
) -> None:
    folder = str(notebook.parent)

    def there(path: str) -> str | None:
        return folder + path.removeprefix("/data") if path.startswith("/data/") else None

    with Proxy(livebook.url, there=there) as proxy:
        found = seen(proxy.url, notebook)["path-unknown"]
        proposal = json.loads(found.mend.split('pathMappings": ')[1].rstrip("."))
        mapped = Settings(path_mappings=(PathMapping(*next(iter(proposal.items()))),))
        mended = seen(proxy.url, notebook, settings=mapped)

    assert found.level is Urgency.PROBLEM
    assert proposal == {folder: "/data"}
    assert mended["path"].level is Urgency.OK
    assert mended["mapped"].sentence.startswith("Livebook is told the path /data/note.livemd")
    assert livebook.sessions == ()


@pytest.mark.parametrize(
    ("path", "there", "environ", "mapping"),
    [
        ("/home/me/nb/a.livemd", "/data/nb/a.livemd", {}, ("/home/me", "/data")),
        ("/home/me/nb/a.livemd", "/workspace/a.livemd", {}, ("/home/me/nb", "/workspace")),
        ("c:/Users/a.livemd", "/mnt/c/Users/a.livemd", {}, ("c:/", "/mnt/c")),
        ("/mnt/c/Users/a.livemd", "C:/Users/a.livemd", {}, ("/mnt/c", "C:/")),
        ("//wsl$/Debian/home/a.livemd", "/home/a.livemd", {}, ("//wsl$/Debian", "/")),
        (
            "/home/a.livemd",
            "//wsl.localhost/Debian/home/a.livemd",
            {"WSL_DISTRO_NAME": "Debian"},
            ("/", "//wsl.localhost/Debian"),
        ),
    ],
)
def test_a_proposal_is_one_that_livebook_confirms(
    path: str, there: str, environ: dict[str, str], mapping: tuple[str, str]
) -> None:
    assert propose(path, environ, lambda it: it == there) == PathMapping(*mapping)
    assert propose(path, environ, lambda _: False) is None


def test_a_file_from_the_future_is_told(livebook: StandIn, notebook: Path) -> None:
    later = time.time() + 3600
    os.utime(notebook, (later, later))

    assert "in the future" in seen(livebook.url, notebook)["clock"].sentence


@pytest.mark.parametrize(
    ("settings", "extension", "told"),
    [
        ('{"workbench.editorAssociations": {"*.livemd": "livebook.app"},}', None, "“livebook.app”"),
        (
            '// mine\n{"workbench.editorAssociations": '
            '[{"viewType": "old", "filenamePattern": "**/*.livemd"}]} /* so */',
            None,
            "“old”",
        ),
        ('{"workbench.editorAssociations": {"*.livemd": "default"}}', "default", ""),
        ('{"url": "http://a//b"}', "default", "The extension someone.codelivebook-1.0"),
        ("{", "option", ""),
        (None, None, ""),
    ],
)
def test_an_editor_that_takes_notebooks_away_is_told(
    tmp_path: Path, settings: str | None, extension: str | None, told: str
) -> None:
    user = tmp_path / ".config" / "Code" / "User"
    user.mkdir(parents=True)
    if settings is not None:
        (user / "settings.json").write_text(settings, encoding="utf-8")
    if extension is not None:
        folder = tmp_path / ".vscode" / "extensions" / "someone.codelivebook-1.0"
        folder.mkdir(parents=True)
        editor = {"selector": [{"filenamePattern": "*.livemd"}], "priority": extension}
        manifest = {"contributes": {"customEditors": [editor]}}
        (folder / "package.json").write_text(json.dumps(manifest), encoding="utf-8")
    found = seen("ftp://a", HOME=str(tmp_path)).get("editor-association")

    assert (found.sentence if found else "").count(told) == 1 if told else found is None


@pytest.mark.slow
def test_a_report_tells_neither_content_nor_token_nor_home(
    livebook: StandIn, tmp_path: Path
) -> None:
    notebook = tmp_path / "me" / "note.livemd"
    notebook.parent.mkdir()
    notebook.write_text("# Secret\n\n[Hidden]: http://e.org\n", encoding="utf-8")
    environ = dict(os.environ) | {"HOME": str(notebook.parent)}
    done = run(
        "doctor", "--report", "--url", f"{livebook.url}/?token=s3cret", notebook, environ=environ
    )

    assert "`hazards`: Livebook would lose something of it: link-definition" in done.stdout
    assert "livebook-ls inspect ~/note.livemd" in done.stdout
    for private in ("s3cret", "Secret", "Hidden", str(tmp_path)):
        assert private not in done.stdout


@pytest.mark.slow
def test_a_probe_asks_by_a_sync_and_opens_nothing(livebook: StandIn, notebook: Path) -> None:
    without = run("doctor", "--probe", "--json", "--url", livebook.url, notebook)
    sessions = livebook.sessions
    run("open", notebook, "--url", livebook.url)
    having = run("doctor", "--probe", "--json", "--url", livebook.url, notebook)

    assert [it["code"] for it in json.loads(without.stdout)][-1] == "not-open"
    assert sessions == ()
    assert json.loads(having.stdout)[-1]["code"] == "session"
    assert having.returncode == 0


def test_a_probe_of_nothing_is_wrong_usage() -> None:
    assert run("doctor", "--probe").returncode == 2


def test_an_editor_can_ask_the_doctor(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    editor = start_editor()
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    livebook.faults = Faults(is_off=True)
    found = {it["code"]: it for it in editor.command("livebook.doctor", uri)}

    assert found["endpoints-off"]["level"] == "problem"
    assert found["endpoints-off"]["mend"].startswith("Switch on Settings → Dev endpoints")
    assert "hazards" in found


@pytest.mark.slow
@needs_elixir
def test_the_doctor_says_who_helps_with_code() -> None:
    found = seen(settings=Settings(), PATH=os.environ["PATH"])["code-help"]

    assert found.level is Urgency.OK
    assert "helps with code in cells" in found.sentence


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (None, "No elixir is found"),
        ("exit 1", "doesn't start"),
        ("exit 14", "older than 1.14"),
        ("echo hello; sleep 600", "doesn't start"),
    ],
)
def test_the_doctor_says_why_nobody_helps_with_code(
    tmp_path: Path, script: str | None, says: str
) -> None:
    program = tmp_path / "elixir"
    if script is not None:
        program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        program.chmod(0o755)
    found = seen(settings=Settings(elixir_path=str(program)), PATH=os.environ["PATH"])["code-help"]

    assert found.level is Urgency.NOTE
    assert says in found.sentence
    assert found.mend
