"""A cookie goes back to who gave it, until it is taken away, and nowhere else."""

from __future__ import annotations

import pytest

from livebook_ls.livebook.http.cookies import Cookies

HERE, THERE = "http://127.0.0.1:8080/sessions/a", "http://127.0.0.1:8081/"


def test_what_was_given_goes_back() -> None:
    cookies = Cookies()
    cookies.take(
        HERE, ["lb_session=SFM=.g3Q; path=/; HttpOnly; SameSite=Lax", 'other="a b"; Path=/x']
    )
    assert cookies.of("http://127.0.0.1:8080/") == 'lb_session=SFM=.g3Q; other="a b"'
    cookies.take(HERE, ["lb_session=new"])
    assert cookies.of(HERE) == 'other="a b"; lb_session=new'


@pytest.mark.parametrize("other", [THERE, "https://127.0.0.1:8080/", "http://[::1]:8080/"])
def test_nobody_else_gets_it(other: str) -> None:
    cookies = Cookies()
    cookies.take(HERE, ["a=b"])
    assert cookies.of(other) == ""


@pytest.mark.parametrize("age", ["0", "-1", "00"])
def test_one_that_is_over_is_forgotten(age: str) -> None:
    cookies = Cookies()
    cookies.take(HERE, ["a=b; max-age=3600", "c=d"])
    cookies.take(HERE, [f"a=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age={age}"])
    assert cookies.of(HERE) == "c=d"


@pytest.mark.parametrize("odd", ["", ";", "=", "=a", "a", "a=b\r\nx: y", "a=\x00", "ä=b", "a=ä"])
def test_what_is_no_cookie_is_none(odd: str) -> None:
    cookies = Cookies()
    cookies.take(HERE, [odd])
    assert cookies.of(HERE) == ""


def test_of_very_many_the_newest_are_kept() -> None:
    cookies = Cookies()
    cookies.take(HERE, [f"c{number}=x" for number in range(60)])
    kept = cookies.of(HERE).split("; ")
    assert (len(kept), kept[0], kept[-1]) == (50, "c10=x", "c59=x")
