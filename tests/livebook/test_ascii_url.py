"""Addresses go out in ASCII, and mean what the user wrote."""

from __future__ import annotations

import pytest

from livebook_ls.livebook.http.ascii_url import ascii_url


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        (
            "http://127.0.0.1:8080/sessions/a?token=b%20c",
            "http://127.0.0.1:8080/sessions/a?token=b%20c",
        ),
        ("http://[::1]:8080/ä", "http://[::1]:8080/%C3%A4"),
        ("http://bücher.example:8080/a b", "http://xn--bcher-kva.example:8080/a%20b"),
        ("https://bücher.example/ä?q=ö", "https://xn--bcher-kva.example/%C3%A4?q=%C3%B6"),
        ("http://host/%C3%A4ü", "http://host/%C3%A4%C3%BC"),
    ],
)
def test_it_is_escaped_where_it_needs_to_be(written: str, sent: str) -> None:
    assert ascii_url(written) == sent


def test_a_host_that_is_no_name_stays() -> None:
    assert ascii_url(f"http://{'ü' * 80}/") == f"http://{'ü' * 80}/"
