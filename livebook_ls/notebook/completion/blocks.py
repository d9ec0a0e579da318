"""What may begin on an empty line of prose: cells, sections, details, diagrams, formulas."""

from __future__ import annotations

from livebook_ls.notebook.completion.cursor_place import CursorPlace
from livebook_ls.notebook.completion.proposal import CURSOR, Proposal, ProposalKind, Proposals
from livebook_ls.notebook.model import Span

_BLOCKS = (
    ("Elixir cell", f"```elixir\n{CURSOR}\n```", "A cell of Elixir code"),
    ("Erlang cell", f"```erlang\n{CURSOR}\n```", "A cell of Erlang code"),
    ("Python cell", f"```python\n{CURSOR}\n```", "A cell of Python code"),
    (
        "Markdown cell",
        f'<!-- livebook:{{"break_markdown":true}} -->\n\n{CURSOR}',
        "A Markdown cell of its own below another one",
    ),
    ("Section", f"## {CURSOR}", "A section of the notebook"),
    (
        "Details",
        f"<details>\n<summary>{CURSOR}</summary>\n\n\n\n</details>",
        "Text that folds away",
    ),
    ("Mermaid diagram", f"```mermaid\ngraph TD;\n  A --> B;{CURSOR}\n```", "A diagram"),
    ("Formula", f"$$\n{CURSOR}\n$$", "A formula in LaTeX"),
)
_BRANCH = (
    '<!-- livebook:{{"branch_parent_index":{index}}} -->\n\n## {cursor}',
    "A section that branches off “{name}” and runs beside what follows",
)


def block_proposals(place: CursorPlace) -> Proposals | None:
    """What may begin here; None where something stands on the line, in code and in comments."""
    if place.before.strip() or place.behind.strip() or place.is_in_code or _is_inside(place):
        return None
    items = [
        Proposal(label=label, kind=ProposalKind.BLOCK, insert=insert, detail=detail, is_fixed=True)
        for label, insert, detail in _BLOCKS
    ]
    above = [
        (index, it.name)
        for index, it in enumerate(place.notebook.sections)
        if it.parent_index is None and it.span.start <= place.offset
    ]
    if above:
        index, name = above[-1]
        written, detail = _BRANCH
        items.append(
            Proposal(
                label="Branch section",
                kind=ProposalKind.BLOCK,
                insert=written.format(index=index, cursor=CURSOR),
                detail=detail.format(name=name),
            )
        )
    return Proposals(tuple(items), Span(place.offset, place.offset))


def _is_inside(place: CursorPlace) -> bool:
    """Whether the line is within a block, such as a comment of several lines."""
    if place.node is None:
        return False
    block, first = place.node
    return first <= place.line < first + block.size and block.size > 1
