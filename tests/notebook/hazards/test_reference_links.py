"""Writing addresses into links changes nothing that a renderer shows, or isn't offered."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from livebook_ls.notebook.hazard import QuickFix, apply_fix
from livebook_ls.notebook.inspection import inspect_unwritten
from livebook_ls.notebook.mending import mend
from tests.support.examples import tried

ROOT = Path(__file__).parents[3]
OURS = sorted(
    it for it in ROOT.glob("**/*.md") if not {"node_modules", ".venv", ".tools"} & set(it.parts)
)
RENDERERS = (MarkdownIt("commonmark"), MarkdownIt("commonmark").enable(["table", "strikethrough"]))


def fixes(text: str) -> list[QuickFix]:
    hazards = inspect_unwritten(text.encode("utf-8", "surrogatepass")).hazards
    return [it.fix for it in hazards if it.code == "link-definition" and it.fix is not None]


def rendered(text: str) -> list[str]:
    return [renderer.render(text) for renderer in RENDERERS]


def assert_harmless(text: str) -> None:
    for fix in fixes(text):
        assert rendered(apply_fix(text, fix)) == rendered(text)
    after = text
    while again := fixes(after):
        after = apply_fix(after, again[0])
    assert rendered(after) == rendered(text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("See [a].\n\n[a]: http://x.y\n", "See [a](http://x.y).\n\n"),
        ("See [the a][a].\n\n[a]: http://x.y\n", "See [the a](http://x.y).\n\n"),
        ("See [a][].\n\n[a]: http://x.y\n", "See [a](http://x.y).\n\n"),
        ("![a]\n\n[a]: i.png\n", "![a](i.png)\n\n"),
        ("[![alt](i.png)][d]\n\n[d]: http://x.y\n", "[![alt](i.png)](http://x.y)\n\n"),
        ("See [a\nb].\n\n[A   b]: http://x.y\n", "See [a\nb](http://x.y).\n\n"),
        ("[long\nwords][d]\n\n[d]: /u\n", "[long\nwords](/u)\n\n"),
        ("[a]\n\n[a]: /u 'two \"words\"'\n", "[a](/u 'two \"words\"')\n\n"),
        ("[a]\n\n[a]: /u(1)\n", "[a](/u(1))\n\n"),
        ("[a]\n\n[a]: /u(1\n", None),
        ("[`a`] `[`a`]`\n\n[`a`]: /u\n", "[`a`](/u) `[`a`]`\n\n"),
        ("[a] <b>\n\n[a]: <u v>\n", None),
        ("- [a]\n- b\n\n[a]: /u\n", "- [a](/u)\n- b\n\n"),
        ("> [a]\n\n[a]: /u\n", "> [a](/u)\n\n"),
        ("| x |\n|---|\n| [a] |\n\n[a]: /u\n", "| x |\n|---|\n| [a](/u) |\n\n"),
    ],
)
def test_the_address_is_written_where_the_label_was(before: str, after: str | None) -> None:
    found = [apply_fix(before, fix) for fix in fixes(before)]

    assert found == ([] if after is None else [after])
    assert_harmless(before)


@pytest.mark.parametrize(
    "text",
    [
        "`xs[a]`\n\n[a]: /u\n",
        "    xs[a]\n\n[a]: /u\n",
        "```elixir\nxs[a]\n```\n\n[a]: /u\n",
        "\\[a]\n\n[a]: /u\n",
        "<p>[a]</p>\n\n[a]: /u\n",
        "<http://x.y/[a]>\n\n[a]: /u\n",
        "[b](http://x.y/[a])\n\n[a]: /u\n",
        '[a]\n\n[a]: /u\n"a title"\n',
        "[a]: /u\n",
        "[comment]: # (a note)\n",
        "[a]\n\n[a]: /u\n\n[A]: /v\n",
        "[a]\n\n[x [a] y](/v)\n\n[a]: /u\n",
        "[a] [b][c][a]\n\n[a]: /u\n",
        "text\n[a]: /u\n\n[a]\n",
        "[a]\n\n- b\n\n[a]: /u\n\n- c\n",
        "## About [a]\n\n[a]: /u\n",
        "[a]\n\n> [a]: /v\n\n[a]: /u\n",
        "- [x] done\n\n[x]: /u\n",
        "~~~a\n[a]\n~~~~\n[a]\n~~~\n\n[a]: /u\n",
        "[a] `\n\n` [a]\n\n[a]: /u\n",
        "  <div>\n# \n[a]\n\n[a]: /u\n",
        "  <div>\n# \n[a]: /u\n\n[a]\n",
        "- >     [a]\n\n[a]: /u\n",
        "[a\nb]:[a]\n\n[a]: /u (t)\n",
    ],
)
def test_what_is_not_sure_is_not_offered(text: str) -> None:
    assert fixes(text) == []


def test_many_definitions_are_written_at_once() -> None:
    links = "\n\n".join(f"See [l{number}]." for number in range(2000))
    definitions = "\n".join(f"[l{number}]: http://x.y/{number}" for number in range(2000))
    mended = mend(f"# T\n\n## S\n\n{links}\n\n{definitions}\n")

    assert len(mended.fixed) == 2000
    assert "[l1999](http://x.y/1999)" in mended.text
    assert "]: " not in mended.text


@pytest.mark.slow
@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_our_own_guides_look_the_same(path: Path) -> None:
    assert_harmless(path.read_text(encoding="utf-8"))


_PIECES = st.sampled_from(
    [
        *("[a]", "[A]", "[a][]", "[t][a]", "[a][b]", "![a]", "[![x](i)][a]", "[![a]][b]", "[ a ]"),
        *(
            "[a\nb]",
            "[a b]",
            "[`a`]",
            "\\[a]",
            "[a\\]",
            "`[a]`",
            "`",
            "``",
            "<b>",
            "</b>",
            "[",
            "]",
        ),
        *("<http://x/[a]>", "[t](/u)", "[t](/[a])", "(", ")", "(/u)", ":", "!", "|", "*", "_", "x"),
        *(
            "[x [a] y][b]",
            "[x [a] y](/u)",
            "> ",
            "- ",
            "1. ",
            "  ",
            "    ",
            "\t",
            "# ",
            "## ",
            "***",
        ),
        *("\n", "\n", "\n", "\n\n", "\n\n", "```\n", "~~~\n", "```elixir\n", "<div>\n", "</div>\n"),
        *("<!-- [a] -->", "---\n", "===\n", "| a | b |\n|---|---|\n", "&amp;", "\\", "ß", "\f"),
    ]
)
_DEFINITIONS = st.sampled_from(
    [
        *("[a]: /u", "[b]: /v", "[A]: /w", "[a b]: /u", "[a]: <u v>", "[a]: /u 'x'", '[a]: /u "y"'),
        *("[`a`]: /u", "[a]: /u(", "[a]: # (note)", "  [a]: /u", "> [b]: /u", "[SS]: /s", "[a]:/u"),
        *("[a]: /u_b_c*d*", "[a]: http://x.y/?a=1&b=2", "[a]: /u|v", "[a]: /u (t)", "[b]:\n/v"),
    ]
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    parts = draw(st.lists(_PIECES, min_size=1, max_size=12))
    definitions = draw(st.lists(_DEFINITIONS, min_size=1, max_size=3))
    gap = draw(st.sampled_from(["\n\n", "\n\n", "\n"]))
    end = draw(st.sampled_from(["\n", "\n\nlast [a]\n", "\n'title'\n", "\n\n- z\n"]))
    return "".join(parts) + gap + draw(st.sampled_from(["\n", "\n\n"])).join(definitions) + end


@given(texts())
@tried(200)
def test_any_text_looks_the_same(text: str) -> None:
    assert_harmless(text)


@pytest.mark.slow
@given(texts())
@tried(1_000)
@example(text="[a]<b>[a][a](/u)\n\n[a]: /u\n")
@example(text="[a][a\nb](/u)[a\nb]\n\n[a b]: /u\n")
def test_any_text_at_all_looks_the_same(text: str) -> None:
    assert_harmless(text)
