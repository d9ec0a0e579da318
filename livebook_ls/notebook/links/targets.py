"""What the fragment of an address leads to: sections as Livebook names them, else any heading.

Livebook's page knows its sections alone; where Markdown is read elsewhere (GitHub, ExDoc), every
heading has an anchor by other rules.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livebook_ls.notebook.importing.heading_rewriting import with_lines
from livebook_ls.notebook.links.section_anchors import any_section_anchors
from livebook_ls.notebook.markdown.blocks import BlockKind
from livebook_ls.notebook.markdown.places import label_span

if TYPE_CHECKING:
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


def link_targets(document: BlockDocument, notebook: Notebook) -> tuple[LinkTarget, ...]:
    """The targets, those that Livebook knows first; of two for a fragment the first counts."""
    return (*_sections(notebook), *_headings(document))


def target_of(targets: Iterable[LinkTarget], fragment: str) -> LinkTarget | None:
    """What a fragment leads to."""
    return next((it for it in targets if it.fragment == fragment), None)


def _sections(notebook: Notebook) -> Iterator[LinkTarget]:
    anchors = any_section_anchors(it.name for it in notebook.sections)
    for number, (section, anchor) in enumerate(zip(notebook.sections, anchors, strict=True)):
        if section.name_span is not None:
            yield LinkTarget(anchor, section.name, section.name_span, number)


def _headings(document: BlockDocument) -> Iterator[LinkTarget]:
    """Every heading with the anchor that GitHub gives it."""
    counts: Counter[str] = Counter()
    for node in with_lines(document.blocks):
        block = node[0]
        if block.kind is BlockKind.HEADING:
            slug = github_slug(block.label)
            number = counts[slug]
            counts[slug] += 1
            anchor = f"{slug}-{number}" if number else slug
            yield LinkTarget(anchor, block.label, label_span(document.source, node), None)


def github_slug(heading: str) -> str:
    """A heading's anchor by GitHub's rule, before equal ones are numbered."""
    return _NO_SLUG.sub("", heading.strip().lower()).replace(" ", "-")
