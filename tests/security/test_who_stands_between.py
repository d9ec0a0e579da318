"""What stands between us and a Livebook on another machine gets nothing that it could read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from livebook_ls.livebook.errors import LivebookError
from livebook_ls.livebook.finding.addresses import read_address
from livebook_ls.livebook.http.dev_endpoints import Livebook
from tests.support.sockets import listening, saying

TOKEN = "s3cret"  # noqa: S105 — nobody's
REDIRECT = b"HTTP/1.1 307 Elsewhere\r\nlocation: %b/\r\ncontent-length: 0\r\n\r\n"
# No name server knows it, whatever it is asked.
ELSEWHERE = "livebook.invalid"

CALLS: dict[str, Callable[[Livebook], object]] = {
    "open": lambda it: it.open("/note.livemd"),
    "sync": lambda it: it.sync("/note.livemd"),
    "restamp": lambda it: it.restamp(old_source="words", new_source="words"),
    "export": lambda it: it.export("/sessions/a", 5.0),
    "pages": lambda it: it.has_saved("/sessions/a", 5.0),
    "health": lambda it: it.is_livebook(),
}


@pytest.fixture
def proxies(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Names a proxy in the environment, for whatever it may be asked."""

    def name(url: str) -> None:
        for variable in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(variable, url)
            monkeypatch.setenv(variable.upper(), url)
        for variable in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(variable, raising=False)

    return name


def ask(url: str, call: Callable[[Livebook], object]) -> None:
    client = Livebook(read_address(url, "test", token=TOKEN))
    try:
        call(client)
    except LivebookError:
        pass
    finally:
        client.close()


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_redirect_is_not_followed(call: Callable[[Livebook], object]) -> None:
    with listening() as (other, heard), saying(REDIRECT % other.encode()) as url:
        ask(url, call)

    assert heard == []


@pytest.mark.fault(
    "network",
    "the environment names a proxy",
    during="Livebook is reached by http",
    shows="nothing: it is not asked",
    recovers="nothing to do",
)
def test_http_goes_by_no_proxy(proxies: Callable[[str], None]) -> None:
    with listening() as (proxy, heard):
        proxies(proxy)
        ask(f"http://{ELSEWHERE}:8080", CALLS["restamp"])

    assert heard == []


def test_a_proxy_on_the_way_of_https_learns_the_host_and_nothing_else(
    proxies: Callable[[str], None],
) -> None:
    with listening() as (proxy, heard):
        proxies(proxy)
        ask(f"https://{ELSEWHERE}", CALLS["restamp"])

    assert heard
    assert all(it.startswith(f"CONNECT {ELSEWHERE}:443 ".encode()) for it in heard)
    assert not any(it for it in heard if b"words" in it or TOKEN.encode() in it)
