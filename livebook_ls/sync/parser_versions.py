"""Which Markdown parser each Livebook has: asked of each once, by a text that is no notebook's."""

from __future__ import annotations

from livebook_ls.livebook.finding.addresses import Endpoint
from livebook_ls.livebook.http.dev_endpoints import Livebook
from livebook_ls.notebook.exporting.parser_probe import PROBE, parser_of
from livebook_ls.notebook.markdown.parser_version import ParserVersion

_TIMEOUT_S = 2.0


class ParserVersions:
    """The parsers of the Livebooks that were asked."""

    def __init__(self) -> None:
        self._known: dict[Endpoint, ParserVersion | None] = {}

    def of(self, livebook: Livebook) -> ParserVersion | None:
        """Its parser; None where it writes the probe in a form that we don't know.

        Touches no file and no session. Raises Livebook's errors (`livebook.errors`), and then
        asks again the next time.
        """
        endpoint = livebook.endpoint
        if endpoint not in self._known:
            form = livebook.restamp(old_source=PROBE, new_source=PROBE, timeout_s=_TIMEOUT_S)
            self._known[endpoint] = parser_of(form)
        return self._known[endpoint]

    def forget(self) -> None:
        """Ask all of them again: where one was away, another may have been started."""
        self._known.clear()
