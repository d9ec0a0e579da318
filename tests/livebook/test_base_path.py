"""`LIVEBOOK_BASE_URL_PATH`, with and without a proxy: calls arrive, and links lead somewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from livebook_ls.livebook.finding.addresses import read_address
from livebook_ls.livebook.http.dev_endpoints import Livebook
from livebook_ls.livebook.http.pages import Login
from livebook_ls.standin.server import StandIn, StandInSettings
from livebook_ls.standin.settings import Access
from tests.support.proxy import Proxy, as_it_is, stripping


@pytest.fixture
def based() -> Iterator[StandIn]:
    with StandIn(StandInSettings(access=Access(base_path="/base", token="s3cret"))) as stand_in:  # noqa: S106
        yield stand_in


def session_url(url: str, notebook: Path) -> str:
    client = Livebook(read_address(url, "test", "s3cret"))
    try:
        assert client.login() is Login.BY_LINK
        return client.session_url(client.open(str(notebook)))
    finally:
        client.close()


def has_page(url: str) -> bool:
    return httpx.get(url, trust_env=False).status_code == 302


@pytest.mark.parametrize("path", ["", "/base"])
def test_at_livebooks_own_port_there_is_no_base(based: StandIn, notebook: Path, path: str) -> None:
    url = session_url(based.url + path, notebook)

    assert url.startswith(f"{based.url}/sessions/")
    assert has_page(url)


@pytest.mark.parametrize(
    ("route", "base"),
    [(stripping("/base"), "/base"), (as_it_is, ""), (stripping("/other"), "/other")],
    ids=["taken off", "left", "another in its place"],
)
def test_behind_a_proxy_links_are_the_proxys(
    based: StandIn, notebook: Path, route: Callable[[str], str | None], base: str
) -> None:
    with Proxy(based.url, route=route) as proxy:
        url = session_url(f"{proxy.url}{base or '/base'}", notebook)

        assert url.startswith(f"{proxy.url}{base}/sessions/")
        assert has_page(url)


def test_the_settings_page_is_where_the_calls_are(based: StandIn) -> None:
    client = Livebook(read_address(f"{based.url}/base", "test", "s3cret"))

    assert client.settings_url() == f"{based.url}/settings?token=s3cret"
    client.close()
