"""Paths, addresses and settings: what needs no server."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from livebook_ls.livebook import paths
from livebook_ls.livebook.errors import (
    AnotherProgram,
    EndpointsOff,
    LivebookError,
    Misconfigured,
    NotRunning,
    TimedOut,
    TooOld,
)
from livebook_ls.livebook.finding import environment
from livebook_ls.livebook.finding.addresses import (
    BadAddress,
    Endpoint,
    configured,
    discover,
    read_address,
    token_meant_for,
)
from livebook_ls.settings import Guard, OpenOnDidOpen, PathMapping, Settings, read_settings


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
        ("file:///caf%E9.livemd", False, os.fsdecode(b"/caf\xe9.livemd")),
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


@pytest.mark.parametrize(
    ("text", "is_here"),
    [
        ("http://127.0.0.1.evil.example", False),
        ("http://127.evil.example", False),
        ("http://localhost.evil.example", False),
        ("http://127.0.0.1@evil.example", False),
        ("http://127.0.0.1:8080@evil.example", False),
        ("http://127.1", False),
        ("http://2130706433", False),
        ("http://１２７.0.0.1", False),
        ("http://[::ffff:192.0.2.1]", False),
        ("http://localhost.", False),
        ("http://LocalHost:8080", True),
        ("http://127.255.255.254", True),
        ("http://[0:0:0:0:0:0:0:1]", True),
        ("http://[::ffff:127.0.0.1]", True),
        ("http://evil.example@127.0.0.1", True),
        ("http://[::]:8080", True),
    ],
)
def test_this_machine_is_its_own_addresses_and_one_name(text: str, is_here: bool) -> None:
    assert read_address(text, "test").is_loopback is is_here


@pytest.mark.parametrize(
    "text",
    [
        "http://127.0.0.1%2eevil.example",
        "http://127.0.0.1\\.evil.example",
        "http://127.0.0.1;evil.example",
        "http://127.0.0.1 .evil.example",
        "http://[::1].evil.example",
        "http://[::1]evil.example:80",
        "http://evil.example[::1]",
        "http://[::1%25eth0]",
        "http://127。0。0。1",
        "http://[::1",
    ],
)
def test_a_host_that_others_may_read_otherwise_is_refused(text: str) -> None:
    with pytest.raises(BadAddress):
        read_address(text, "test")


@pytest.mark.parametrize(
    ("given_with", "used_at", "environ", "meant_for"),
    [
        ("", "", {}, None),
        ("", "http://[::1]:8080", {}, None),
        ("", "http://127.0.0.1:9", {}, ("http://localhost:32123", "http://localhost:8080")),
        ("https://books.example", "http://localhost:8080", {}, ("https://books.example",)),
        ("", "http://localhost:1", {"LIVEBOOK_URL": "http://a.example"}, ("http://a.example",)),
        ("http://[", "http://localhost", {}, ()),
    ],
)
def test_a_token_is_for_the_address_that_was_given_with_it(
    given_with: str, used_at: str, environ: dict[str, str], meant_for: tuple[str, ...] | None
) -> None:
    given, _ = read_settings({"url": given_with, "token": "T"}, Settings())
    used, _ = read_settings({"url": used_at}, given)
    with_its_own, _ = read_settings({"token": "another"}, used)

    assert token_meant_for(given, used, environ) == meant_for
    assert token_meant_for(given, with_its_own, environ) is None


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


def problems(**by_port: LivebookError | None) -> Callable[[Endpoint], LivebookError | None]:
    return lambda it: by_port.get(f"p{it.url.rsplit(':')[-1]}", NotRunning(it.url))


@pytest.mark.parametrize(
    ("there", "ports"),
    [
        ({"p32123": None, "p8080": None}, ["32123", "8080"]),
        ({"p32123": EndpointsOff(), "p8080": None}, ["8080", "32123"]),
        ({"p32123": TooOld()}, ["32123"]),
        ({"p32123": AnotherProgram("url"), "p8080": TimedOut(2)}, ["8080"]),
    ],
)
def test_of_the_usual_ports_those_that_take_syncs_come_first(
    there: dict[str, LivebookError | None], ports: list[str]
) -> None:
    found = discover(Settings(), {}, problems(**there))

    assert [it.url for it in found] == [f"http://localhost:{port}" for port in ports]


def test_nobody_at_the_usual_ports_is_not_running() -> None:
    with pytest.raises(NotRunning, match="32123 or http://localhost:8080"):
        discover(Settings(), {}, problems())
    with pytest.raises(NotRunning, match="4000"):
        discover(Settings(), {"LIVEBOOK_LS_PORTS": "4000"}, problems())


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


MAPPINGS = (
    PathMapping("/home/me", "/data"),
    PathMapping("/home/me/deep/", "/deep"),
    PathMapping("C:\\Users\\me", "/mnt/c/Users/me"),
    PathMapping("//wsl$/Debian/", "/"),
    PathMapping("/mnt/d", "D:/"),
)


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("/home/me/a.livemd", ("/data/a.livemd",)),
        ("/home/me/deep/b/c.livemd", ("/deep/b/c.livemd",)),
        ("/home/me/deeper/a.livemd", ("/data/deeper/a.livemd",)),
        ("/home/meme/a.livemd", ("/home/meme/a.livemd",)),
        ("c:/Users/me/a.livemd", ("/mnt/c/Users/me/a.livemd",)),
        ("//wsl$/Debian/home/a.livemd", ("/home/a.livemd",)),
        ("/mnt/d/a.livemd", ("D:/a.livemd", "d:/a.livemd")),
    ],
)
def test_a_path_is_what_livebook_calls_it(path: str, there: tuple[str, ...]) -> None:
    assert paths.known_as(path, MAPPINGS) == there


def test_a_linked_folder_is_mapped_by_where_it_leads(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (tmp_path / "link").symlink_to(real)
    mappings = (PathMapping(str(real), "/data"),)

    assert paths.known_as(f"{tmp_path}/link/a.livemd", mappings) == ("/data/a.livemd",)


@pytest.mark.parametrize(
    "value", [{"notebooks": "/data"}, {"/a": 1}, {"/a": "data"}, "/a=/b", "a", []]
)
def test_mappings_that_make_no_sense_are_told(value: object) -> None:
    settings, (bad,) = read_settings({"pathMappings": value}, Settings())

    assert settings == Settings()
    assert "livebook.pathMappings must be an object of absolute paths" in bad.sentence


def test_the_environment_fills_what_settings_leave_open() -> None:
    environ = {"LIVEBOOK_LS_PATH_MAPPINGS": "/a=/b; /c=/d", "LIVEBOOK_LS_CA_FILE": "/ca.pem"}
    own = Settings(ca_file="/own.pem", path_mappings=MAPPINGS)

    assert environment.filled(own, environ) == own
    assert environment.filled(Settings(), environ) == Settings(
        ca_file="/ca.pem", path_mappings=(PathMapping("/a", "/b"), PathMapping("/c", "/d"))
    )


@pytest.mark.parametrize("text", ["/a", "a=/b", "=/b"])
def test_an_environment_that_makes_no_sense_is_told(text: str) -> None:
    with pytest.raises(Misconfigured, match="LIVEBOOK_LS_PATH_MAPPINGS makes no sense"):
        environment.filled(Settings(), {"LIVEBOOK_LS_PATH_MAPPINGS": text})
    with pytest.raises(Misconfigured, match="LIVEBOOK_LS_PORTS is no list of ports"):
        environment.ports({"LIVEBOOK_LS_PORTS": text})
