"""What Livebook doesn't read, such as definitions of links, is merged with no word lost.

Behind a comment of Livebook's it belongs to whatever comes below, wherever people put the comment.
"""

from __future__ import annotations

from itertools import product

import pytest

from livebook_ls.notebook.merging.comparison import compare
from livebook_ls.notebook.merging.merge import merge

COMMENTS = (
    "",
    '<!-- livebook:{"branch_parent_index":0} -->',
    '<!-- livebook:{"branch_parent_index":7} -->',
    '<!-- livebook:{"break_markdown":true} -->',
    '<!-- livebook:{"force_markdown":true} -->',
    '<!-- livebook:{"reevaluate_automatically":true} -->',
    '<!-- livebook:{"attrs":"e30","kind":"K","livebook_object":"smart_cell"} -->',
    '<!-- livebook:{"output":true} -->',
    '<!-- livebook:{"persist_outputs":true} -->',
    '<!-- livebook:{"unheard-of":1} -->',
    '<!-- livebook:{"offset":5,"stamp":"x"} -->',
    "<!-- livebook:{broken -->",
    "<!-- of somebody -->",
)
WORDS = (
    "[link]: http://precious.example",
    '[link]: http://example.org "precious"',
    "[one]: <precious>\n[two]: more",
    "[^1]: precious",
    "<!-- precious -->",
    "<div>precious</div>",
    "precious",
)
ABOVE = ("", "## Two\n\n", "### Sub\n\n", "```elixir\n1\n```\n\n")
LAST = "## Last\n\nend\n"
# Of each comment there are hundreds of merges: a few of them every day, the others in long runs.
EVERY_DAY = COMMENTS[::9]


def edits(comment: str, added: str, above: str) -> dict[str, tuple[str, str, str]]:
    """What one side may do with `added` behind the comment, and the other one near it."""
    comment = comment and f"{comment}\n\n"
    base = f"# Title\n\n## One\n\ntext\n\n{above}{comment}paragraph\n\n{LAST}"
    without = base.replace("paragraph\n\n", "")
    other = base.replace("end", "theirs")
    bare = without.replace(comment, "") if comment else without
    return {
        "in its place": (base, base.replace("paragraph", added), other),
        "above it": (base, base.replace("paragraph", f"{added}\n\nparagraph"), other),
        "below it": (base, base.replace("paragraph", f"paragraph\n\n{added}"), other),
        "above what goes": (
            base,
            base.replace("paragraph", f"{added}\n\nparagraph"),
            without.replace("end", "theirs"),
        ),
        "in a section that goes": (
            base,
            base.replace("paragraph", added),
            other.replace(f"{above}{comment}paragraph\n\n", ""),
        ),
        "where nothing was": (
            without,
            without.replace("## Last", f"{added}\n\n## Last"),
            without.replace("end", "theirs"),
        ),
        "where a cell comes": (
            without,
            without.replace("## Last", f"{added}\n\n## Last"),
            without.replace("## Last", "```elixir\n5\n```\n\n## Last").replace("end", "theirs"),
        ),
        "with the comment": (
            bare,
            bare.replace("## Last", f"{comment}{added}\n\n## Last"),
            bare.replace("end", "theirs"),
        ),
        "where the name changes": (
            without,
            without.replace("## Last", f"{added}\n\n## Last"),
            without.replace("## Last", "## theirs"),
        ),
        "where the comment changes": (
            without,
            without.replace("## Last", f"{added}\n\n## Last"),
            without.replace("end", "theirs").replace(comment, '<!-- livebook:{"new":1} -->\n\n')
            if comment
            else without.replace("end", "theirs"),
        ),
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    "comment",
    [it if it in EVERY_DAY else pytest.param(it, marks=pytest.mark.slow) for it in COMMENTS],
)
def test_no_word_behind_a_comment_is_lost(comment: str) -> None:
    lost = []
    for added, above in product(WORDS, ABOVE):
        for name, (base, one, other) in edits(comment, added, above).items():
            for ours, theirs in ((one, other), (other, one)):
                merged = merge(base, ours, theirs)
                text = merged.marked({})
                if "precious" not in text or "theirs" not in text:
                    lost.append((added, above, name))

    assert lost == []


def test_what_both_add_behind_a_comment_is_there_or_in_conflict() -> None:
    lost = []
    for comment, above in product(COMMENTS, ABOVE):
        base = f"# Title\n\n## One\n\n{above}{comment}\n\n{LAST}"
        ours = base.replace("## Last", "[one]: http://ours.example\n\n## Last")
        theirs = base.replace("## Last", "[two]: http://theirs.example\n\n## Last")
        text = merge(base, ours, theirs).marked({})
        if "ours.example" not in text or "theirs.example" not in text:
            lost.append((comment, above))

    assert lost == []


OUTPUT = '<!-- livebook:{"output":true} -->'
BLOCK = "```\n1 of output\n```"


@pytest.mark.parametrize(
    "parts",
    [
        ("LINK", OUTPUT, BLOCK),
        (OUTPUT, "LINK", BLOCK),
        (OUTPUT, BLOCK, "LINK", OUTPUT, BLOCK),
        (OUTPUT, BLOCK, "LINK"),
        (OUTPUT, BLOCK, OUTPUT, "LINK", "~~~~\n```\n2 of output\n~~~~"),
    ],
)
def test_no_word_among_outputs_is_lost(parts: tuple[str, ...]) -> None:
    """Outputs go with a source that nobody ran; what people wrote among them does not."""
    text = "\n\n".join(("# Title", "## One", "```elixir\nrun\n```", *parts, LAST))
    base = text.replace("LINK\n\n", "")
    new = text.replace("LINK", "[link]: http://precious.example")
    for other in (base.replace("run", "theirs"), base.replace("end", "theirs")):
        for ours, theirs in ((new, other), (other, new)):
            found = merge(base, ours, theirs).marked({})
            assert "precious" in found
            assert "theirs" in found
    for one, other in (("run", "end"), ("run", "run"), ("run", "1 of output")):
        both = new.replace(one, "ours"), new.replace(other, "theirs")
        for ours, theirs in (both, both[::-1]):
            assert "precious" in merge(new, ours, theirs).marked({})


def test_outputs_alone_are_no_words_of_people() -> None:
    base = f"# Title\n\n## One\n\n```elixir\nrun\n```\n\n{OUTPUT}\n\n{BLOCK}\n\n{LAST}"
    ours = base.replace("1 of output", "`` one\n\n[link]: http://example.org\n")
    merged = merge(base, ours, base.replace("run", "theirs"))

    assert merged.is_clean
    assert "1 of output" in merged.marked({})


def test_a_comparison_shows_what_stands_behind_a_comment() -> None:
    old = f'# Title\n\n## One\n\n<!-- livebook:{{"branch_parent_index":0}} -->\n\n{LAST}'
    new = old.replace("## Last", "[link]: http://precious.example\n\n## Last")

    assert [it.is_edited for it in compare(old, new)] == [True]
