"""What the fragment of an address leads to: sections as Livebook names them, else any heading.

Livebook's page knows its sections alone; where Markdown is read elsewhere (GitHub, ExDoc), every
heading has an anchor by other rules.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from livebook_ls.notebook.importing.heading_rewriting import with_lines
from livebook_ls.notebook.links.section_anchors import any_section_anchors
from livebook_ls.notebook.markdown.blocks import BlockKind
from livebook_ls.notebook.markdown.places import label_span

if TYPE_CHECKING:
    from livebook_ls.notebook.importing.fragments import Fragment
    from livebook_ls.notebook.markdown.places import BlockDocument
    from livebook_ls.notebook.model import Notebook, Span

_NO_SLUG = re.compile(r"[^\w\- ]")


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """A heading that links can lead to; `section` is its number where it begins one."""

    fragment: str
    name: str
    span: Span
    section: int | None


class NamedHeading(NamedTuple):
    """A heading, and its anchor by GitHub's rule before equal ones are numbered."""

    slug: str
    label: str
    span: Span


def link_targets(fragments: Iterable[Fragment], notebook: Notebook) -> tuple[LinkTarget, ...]:
    """The targets in a text's fragments, those that Livebook knows first; of two for one address
    the first counts.
    """
    return (*_sections(notebook), *_anchored(fragments))


def target_of(targets: Iterable[LinkTarget], fragment: str) -> LinkTarget | None:
    """What a fragment leads to."""
    return next((it for it in targets if it.fragment == fragment), None)


def _sections(notebook: Notebook) -> Iterator[LinkTarget]:
    anchors = any_section_anchors(it.name for it in notebook.sections)
    for number, (section, anchor) in enumerate(zip(notebook.sections, anchors, strict=True)):
        if section.name_span is not None:
            yield LinkTarget(anchor, section.name, section.name_span, number)


def _anchored(fragments: Iterable[Fragment]) -> Iterator[LinkTarget]:
    """Every heading with the anchor that GitHub gives it."""
    counts: Counter[str] = Counter()
    offset = 0
    for fragment in fragments:
        for slug, label, span in fragment.found(_headings):
            number = counts[slug]
            counts[slug] += 1
            anchor = f"{slug}-{number}" if number else slug
            yield LinkTarget(anchor, label, span.moved(offset), None)
        offset += len(fragment.text)


def _headings(document: BlockDocument) -> list[NamedHeading]:
    return [
        NamedHeading(github_slug(node[0].label), node[0].label, label_span(document.source, node))
        for node in with_lines(document.blocks)
        if node[0].kind is BlockKind.HEADING
    ]


def github_slug(heading: str) -> str:
    """A heading's anchor by GitHub's rule, before equal ones are numbered."""
    return _NO_SLUG.sub("", heading.strip().lower()).replace(" ", "-")
