from __future__ import annotations

import pytest

from livebook_ls.notebook.links.address import (
    Address,
    Destination,
    read_address,
    write_fragment,
    write_path,
)

FILE, SECTION = Destination.FILE, Destination.SECTION


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a.livemd", Address(leads_to=FILE, path="a.livemd")),
        (
            "../my%20data.livemd?x=1#some-part",
            Address(leads_to=FILE, path="../my data.livemd", query="?x=1", fragment="some-part"),
        ),
        ("#gr%C3%B6%C3%9Fe", Address(leads_to=SECTION, fragment="größe")),
        ("#", Address(leads_to=SECTION, fragment="")),
        ("https://a.b#c", Address(leads_to=Destination.WEB, path="https://a.b#c")),
        ("//a.b", Address(leads_to=Destination.WEB, path="//a.b")),
        ("mailto:a@b.c", Address(leads_to=Destination.OTHER, path="mailto:a@b.c")),
        (
            "/learn/notebooks/wifi",
            Address(leads_to=Destination.LIVEBOOK, path="/learn/notebooks/wifi"),
        ),
        ("a\\_b&amp;c.md", Address(leads_to=FILE, path="a_b&c.md")),
    ],
)
def test_an_address_is_read_as_livebooks_page_reads_it(written: str, expected: Address) -> None:
    assert read_address(written) == expected


@pytest.mark.parametrize(
    "path", ["a b.livemd", "a(1).livemd", "50%.csv", "x#y?z.md", "Größe.md", "a:b.md", "<a>.md"]
)
def test_a_path_that_is_written_is_read_again(path: str) -> None:
    read = read_address(write_path(path))

    assert read.leads_to is FILE
    assert read.path.removeprefix("./") == path
    assert not set(write_path(path)) & set("()<> #?")


def test_letters_of_any_language_stay_readable_in_fragments() -> None:
    assert write_fragment("größe-1 (a)") == "größe-1%20%28a%29"
