"""Which Markdown parser a Livebook has is seen by a small restamp."""

from __future__ import annotations

import pytest

from livebook_ls.livebook.finding.addresses import Endpoint
from livebook_ls.livebook.http.dev_endpoints import Livebook
from livebook_ls.notebook.exporting.canonical import canonical
from livebook_ls.notebook.exporting.parser_probe import PROBE, parser_of
from livebook_ls.notebook.markdown.parser_version import ParserVersion
from livebook_ls.standin.server import StandIn
from livebook_ls.sync.parser_versions import ParserVersions


@pytest.mark.parametrize("parser", ParserVersion)
def test_the_form_of_the_probe_tells_the_parser(parser: ParserVersion) -> None:
    assert parser_of(canonical(PROBE, parser)) is parser


def test_an_unknown_form_tells_nothing() -> None:
    assert parser_of("# Probe\n") is None
    assert parser_of(None) is None


def test_each_livebook_is_asked_once(livebook: StandIn) -> None:
    versions = ParserVersions()
    client = Livebook(Endpoint(livebook.url, "test"))
    found = [versions.of(client), versions.of(client)]
    client.close()

    assert found == [ParserVersion.V1_4_44] * 2
    assert [it.target for it in livebook.requests].count("/dev/restamp") == 1
