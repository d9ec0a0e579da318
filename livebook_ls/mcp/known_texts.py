"""The texts that models have seen: their versions, and which cell a handle has meant in each."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from livebook_ls.mcp import tool_refusal
from livebook_ls.notebook.exact_edits.handles import HandledText, followed, handled
from livebook_ls.notebook.pieces.cutting import cut

_KEPT_VERSIONS = 100
_KEPT_NOTEBOOKS = 200
# Of so many the pieces stay, which take twenty to a hundred times the room of their text.
_KEPT_PIECES = 10


@dataclass(frozen=True, slots=True)
class _Version:
    """What each handle's part said, and which cells each section had."""

    digests: Mapping[str, str]
    sections: Mapping[str, frozenset[str]]


class KnownTexts:
    """By notebook: the last text with its handles, and what a handle has meant by version."""

    def __init__(self) -> None:
        self._last: dict[str, HandledText] = {}
        # Of those that were seen longer ago, the text and the handles.
        self._before: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._versions: dict[str, dict[str, _Version]] = {}

    def see(self, path: str, text: str) -> HandledText:
        """The text of the notebook as it is now; parts that were known keep their handles."""
        last = self._of(path)
        return self.keep(path, handled(text) if last is None else followed(last, text))

    def keep(self, path: str, text: HandledText) -> HandledText:
        """Remember a text whose handles are known."""
        self._last.pop(path, None)
        self._before.pop(path, None)
        self._last[path] = text
        while len(self._last) > _KEPT_PIECES:
            older = next(iter(self._last))
            seen = self._last.pop(older)
            self._before[older] = seen.text, seen.handles
        while len(self._last) + len(self._before) > _KEPT_NOTEBOOKS:
            oldest = next(iter(self._before))
            del self._before[oldest], self._versions[oldest]
        versions = self._versions.setdefault(path, {})
        # The newest last, so that what is used stays.
        version = version_of(text.text)
        known = versions.pop(version, None)
        versions[version] = known or _Version(text.digests(), text.sections())
        while len(versions) > _KEPT_VERSIONS:
            del versions[next(iter(versions))]
        return text

    def changed_since(self, path: str, version: str) -> frozenset[str]:
        """The handles whose parts say something else now, are new or gone; raises ToolRefusal."""
        newest = next(reversed(self._versions[path]))
        if version == newest:
            return frozenset()
        then, now = (self._version(path, it).digests for it in (version, newest))
        return frozenset(it for it in {*then, *now} if then.get(it) != now.get(it))

    def sections(self, path: str, version: str) -> Mapping[str, frozenset[str]]:
        """The cells that each section had in a version; raises ToolRefusal."""
        return self._version(path, version).sections

    def _of(self, path: str) -> HandledText | None:
        if path in self._before:
            text, handles = self._before[path]
            return HandledText(cut(text), handles)
        return self._last.get(path)

    def _version(self, path: str, version: str) -> _Version:
        found = self._versions[path].get(version)
        if found is None:
            raise tool_refusal.unknown_version(version)
        return found


def version_of(text: str) -> str:
    """What tells a text from any other one, in short."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
