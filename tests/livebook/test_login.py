"""What a browser will meet that follows a link, as far as Livebook's own pages tell."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from livebook_ls.livebook import errors
from livebook_ls.livebook.finding.addresses import read_address
from livebook_ls.livebook.http.dev_endpoints import Livebook
from livebook_ls.livebook.http.pages import Login
from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn, StandInSettings
from livebook_ls.standin.settings import Access
from tests.conftest import clean_environ
from tests.support.command import run
from tests.support.proxy import CA_FILE, Proxy

PASSWORD = Access(password="swordfish")  # noqa: S106 — a stand-in's
TOKEN = Access(token="s3cret")  # noqa: S106 — a stand-in's


@pytest.mark.parametrize(
    ("access", "token", "login"),
    [
        (Access(), "", Login.OPEN),
        (Access(), "any", Login.OPEN),
        (TOKEN, "s3cret", Login.BY_LINK),
        (TOKEN, "", Login.NO_TOKEN),
        (TOKEN, "another & one", Login.WRONG_TOKEN),
        (PASSWORD, "", Login.PASSWORD),
        (PASSWORD, "swordfish", Login.PASSWORD),
    ],
)
def test_the_login_page_tells_what_is_asked_for(access: Access, token: str, login: Login) -> None:
    with StandIn(StandInSettings(access=access)) as livebook:
        client = Livebook(read_address(livebook.url, "test", token))

        assert client.login() is login
        # Nothing that was let in before changes the answer.
        assert client.login() is login
        client.close()


@pytest.mark.parametrize("rounds", [1, 2])
def test_who_asks_at_the_same_time_is_let_in_by_one(notebook: Path, rounds: int) -> None:
    with StandIn(StandInSettings(access=TOKEN)) as livebook:
        client = Livebook(read_address(livebook.url, "test", "s3cret"))
        session_path = client.open(str(notebook))
        with ThreadPoolExecutor(6) as pool:
            for _ in range(rounds):
                texts = list(pool.map(lambda _: client.export(session_path, 10.0), range(6)))
        asked = [it.target for it in livebook.requests if "download/export" in it.target]
        client.close()

        assert None not in texts
        assert not client.hides_sessions
        # Its first without the token, and again by the cookie; all others have the cookie.
        assert [("token=" in it) for it in asked[:3]] == [False, True, False]
        assert len(asked) == 6 * rounds + 2


@pytest.mark.fault(
    "livebook",
    "Livebook has a password",
    during="its page is opened",
    sees="password_needed",
    recovers="once you have logged in",
)
@pytest.mark.fault(
    "livebook",
    "Livebook has a token that is not known",
    during="its page is opened",
    sees="token_needed",
    recovers="once it is set",
)
@pytest.mark.parametrize(
    ("access", "told"),
    [(PASSWORD, "asks for its password"), (TOKEN, "asks for its token"), (Access(), "")],
)
def test_opening_says_once_that_the_link_cannot_log_in(
    start_editor: Callable[..., Editor], notebook: Path, access: Access, told: str
) -> None:
    with StandIn(StandInSettings(access=access)) as livebook:
        editor = start_editor(environ=clean_environ() | {"LIVEBOOK_URL": livebook.url})
        uri = editor.open(notebook)
        editor.command("livebook.open", uri)
        editor.command("livebook.open", uri)

        assert len(editor.shown) == 2
        assert [it["message"] for it in editor.messages if told in it["message"]] == [
            it["message"] for it in editor.messages
        ]
        assert len(editor.messages) == (1 if told else 0)


def test_the_command_line_says_it_beside_the_address(notebook: Path) -> None:
    with StandIn(StandInSettings(access=PASSWORD)) as livebook:
        done = run("open", notebook, "--url", livebook.url)

    assert done.returncode == 0
    assert done.stdout.startswith(f"{livebook.url}/sessions/")
    assert "asks for its password" in done.stderr


@pytest.mark.fault(
    "network",
    "the certificate is nobody's that we trust",
    during="any call",
    sees="CertificateRefused",
    recovers="once its file is given",
)
def test_a_private_certificate_is_refused_until_its_file_is_given(
    livebook: StandIn, notebook: Path
) -> None:
    with Proxy(livebook.url, is_secure=True) as proxy:
        refused = run("open", notebook, "--url", proxy.url)
        trusted = run("open", notebook, "--url", proxy.url, "--ca-file", CA_FILE)
        by_environment = run(
            "open",
            notebook,
            environ=clean_environ()
            | {"LIVEBOOK_URL": proxy.url, "LIVEBOOK_LS_CA_FILE": str(CA_FILE)},
        )

    assert "The certificate at https://localhost" in refused.stderr
    assert "Set --ca-file" in refused.stderr
    assert (trusted.returncode, by_environment.returncode) == (0, 0)
    assert trusted.stdout.startswith(f"{proxy.url}/sessions/")


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "can't be read (no such file or directory)"), ("hello", "holds no certificate")],
)
def test_a_file_that_is_no_certificate_is_told(
    tmp_path: Path, notebook: Path, content: str | None, why: str
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    done = run("open", notebook, "--url", "https://localhost:9", "--ca-file", file)

    assert f"--ca-file names {why}" in done.stderr


@pytest.mark.fault(
    "network",
    "the address leads to https",
    during="any call",
    sees="AnotherProgram",
    recovers="once the address is set",
)
def test_a_redirect_to_https_is_told_with_the_address_to_set(livebook: StandIn) -> None:
    with Proxy(livebook.url, moved_to="https://localhost:8443") as proxy:
        client = Livebook(read_address(f"{proxy.url}/base", "test"))
        with pytest.raises(errors.AnotherProgram) as raised:
            client.sync("/a.livemd")
        client.close()

    assert raised.value.advice.startswith("Set livebook.url to https://localhost:8443/base,")


def test_plain_and_encrypted_are_not_mistaken_for_silence(livebook: StandIn) -> None:
    with Proxy(livebook.url, is_secure=True) as proxy:
        for url in (livebook.url.replace("http:", "https:"), proxy.url.replace("https:", "http:")):
            client = Livebook(read_address(url, "test"))
            with pytest.raises(errors.AnotherProgram):
                client.sync("/a.livemd")
            client.close()
