"""Paths, addresses and settings: what needs no server."""

from __future__ import annotations

from pathlib import Path

import pytest

from livebook_ls.livebook import paths
from livebook_ls.livebook.discovery import BadAddress, configured, discover, read_address
from livebook_ls.livebook.errors import NotRunning
from livebook_ls.settings import Guard, OpenOnDidOpen, Settings, read_settings


@pytest.mark.parametrize(
    ("uri", "windows", "path"),
    [
        ("file:///a/b.livemd", False, "/a/b.livemd"),
        ("file:///a/with%20space/%C3%A9%E6%BC%A2.livemd", False, "/a/with space/é漢.livemd"),
        ("file:///a/100%25.livemd", False, "/a/100%.livemd"),
        ("file:///a/what%3F.livemd", False, "/a/what?.livemd"),
        ("file:///a/what?.livemd", False, "/a/what?.livemd"),
        ("file:///a/%23one.livemd", False, "/a/#one.livemd"),
        ("file:///a/#one.livemd", False, "/a/#one.livemd"),
        ("file://localhost/a.livemd", False, "/a.livemd"),
        ("file://server/share/a.livemd", False, None),
        ("file:///a%00b.livemd", False, None),
        ("FILE:///a.livemd", False, "/a.livemd"),
        ("file:///c%3A/Users/a.livemd", True, "c:/Users/a.livemd"),
        ("file:///C:/Users/a.livemd", True, "C:/Users/a.livemd"),
        ("file://server/share/a.livemd", True, "//server/share/a.livemd"),
        ("git:/a.livemd?ref=HEAD", False, None),
        ("untitled:Untitled-1", False, None),
        ("vscode-notebook-cell:/a.livemd", False, None),
        ("", False, None),
    ],
)
def test_a_file_uri_means_a_path(uri: str, windows: bool, path: str | None) -> None:
    assert paths.from_uri(uri, windows=windows) == path


@pytest.mark.parametrize(
    ("given", "expanded"),
    [
        ("/a//b/./c/../d.livemd", "/a/b/d.livemd"),
        ("//a/b.livemd", "/a/b.livemd"),
        ("/a/b.livemd/", "/a/b.livemd"),
    ],
)
def test_livebook_gets_expanded_paths(given: str, expanded: str) -> None:
    assert paths.expanded(given) == expanded


def test_a_relative_path_and_a_home_become_absolute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/user")

    assert paths.expanded("a.livemd") == f"{Path.cwd()}/a.livemd"
    assert paths.expanded("~/a.livemd") == "/home/user/a.livemd"


@pytest.mark.parametrize(
    ("text", "url", "token"),
    [
        ("http://localhost:8080", "http://localhost:8080", ""),
        ("http://localhost:8080/?token=abc", "http://localhost:8080", "abc"),
        (" http://localhost:8080/base/?token=abc ", "http://localhost:8080/base", "abc"),
        ("localhost:8080", "http://localhost:8080", ""),
        ("https://books.example/lb", "https://books.example/lb", ""),
        ("http://0.0.0.0:8080", "http://localhost:8080", ""),
        ("http://[::1]:8080", "http://[::1]:8080", ""),
    ],
)
def test_addresses_in_every_form_that_people_paste(text: str, url: str, token: str) -> None:
    endpoint = read_address(text, "test")

    assert (endpoint.url, endpoint.token) == (url, token)
    assert not token or token not in repr(endpoint)


@pytest.mark.parametrize("text", ["ftp://a", "http://", "http://a:99999", "file:///a"])
def test_an_address_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(BadAddress):
        read_address(text, "test")


@pytest.mark.parametrize(
    ("settings", "environ", "url"),
    [
        (Settings(url="http://a:1"), {"LIVEBOOK_URL": "http://b:2"}, "http://a:1"),
        (Settings(), {"LIVEBOOK_URL": "http://b:2", "LIVEBOOK_PORT": "3"}, "http://b:2"),
        (Settings(), {"LIVEBOOK_PORT": "3"}, "http://localhost:3"),
        (Settings(), {"LIVEBOOK_PORT": "3", "LIVEBOOK_IP": "0.0.0.0"}, "http://localhost:3"),  # noqa: S104
        (Settings(), {"LIVEBOOK_IP": "127.0.0.2"}, "http://127.0.0.2:8080"),
        (Settings(), {"LIVEBOOK_IP": "::1", "LIVEBOOK_PORT": "3"}, "http://[::1]:3"),
        (Settings(), {"LIVEBOOK_PORT": "0"}, None),
        (Settings(), {}, None),
    ],
)
def test_the_setting_comes_before_the_environment(
    settings: Settings, environ: dict[str, str], url: str | None
) -> None:
    found = configured(settings, environ)

    assert (found.url if found else None) == url


def test_the_usual_ports_are_asked_in_order() -> None:
    both = discover(Settings(), {}, lambda _: True)
    server = discover(Settings(), {}, lambda it: it.url.endswith(":8080"))

    assert both.url == "http://localhost:32123"
    assert server.url == "http://localhost:8080"
    with pytest.raises(NotRunning, match="32123 or http://localhost:8080"):
        discover(Settings(), {}, lambda _: False)


def test_settings_are_read_and_bad_ones_named() -> None:
    values = {"openOnDidOpen": "never", "guard": "lax", "keepFile": "yes", "trace": "off"}
    settings, bad = read_settings(values, Settings())

    assert settings == Settings(open_on_did_open=OpenOnDidOpen.NEVER)
    assert settings.guard is Guard.BALANCED
    assert [it.sentence for it in bad] == [
        'livebook.guard must be one of "strict", "balanced", "crash-only"; '
        "its default is used instead.",
        "livebook.keepFile must be true or false; its default is used instead.",
    ]


def test_a_token_is_never_shown() -> None:
    assert "s3cret" not in repr(Settings(token="s3cret"))  # noqa: S106
