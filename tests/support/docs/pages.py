"""The project's pages as a reader's browser has them: what can be linked to, what is linked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.support.places import ROOT

DOCS = ROOT / "docs"
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *DOCS.rglob("*.md"),
        ROOT / "livebook_ls" / "README.md",
        ROOT / "vscode-client" / "README.md",
    ]
)
_ID = re.compile(r'<a id="([^"]+)"')
_TOO = re.compile(r"[^\w\- ]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page: its text, its anchors in their order, where its links lead, and its code."""

    text: str
    anchors: tuple[str, ...]
    links: tuple[str, ...]
    code: tuple[str, ...]

    def section(self, heading: str) -> str:
        """The text below a heading of the second level, up to the next one; empty without it."""
        _, _, rest = self.text.partition(f"\n## {heading}\n")
        return rest.partition("\n## ")[0]


@cache
def read(path: Path) -> Page:
    """The page at `path`."""
    text = path.read_text(encoding="utf-8")
    tokens = list(_flat(MarkdownIt("gfm-like", {"linkify": False}).parse(text)))
    return Page(
        text=text,
        anchors=tuple(_anchors(tokens)),
        links=tuple(str(it.attrGet(_TARGETS[it.type])) for it in tokens if it.type in _TARGETS),
        code=tuple(it.content for it in tokens if it.type in _CODE),
    )


_TARGETS = {"link_open": "href", "image": "src"}
_CODE = {"code_inline", "code_block", "fence"}


def _flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flat(token.children or [])


def _anchors(tokens: list[Token]) -> Iterator[str]:
    """Those written as HTML, and those that GitHub and VS Code give to headings."""
    seen: dict[str, int] = {}
    for before, token in pairwise(tokens):
        if before.type == "heading_open":
            words = "".join(it.content for it in token.children or [])
            slug = _TOO.sub("", words.lower()).replace(" ", "-")
            count = seen[slug] = seen.get(slug, -1) + 1
            yield f"{slug}-{count}" if count else slug
        elif token.type in ("html_inline", "html_block"):
            yield from _ID.findall(token.content)
