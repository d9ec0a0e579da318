"""A cell made one of another kind, of another language, or given another source."""

from __future__ import annotations

from functools import partial

from livebook_ls.notebook.editing import refusals
from livebook_ls.notebook.editing.converting import (
    change_language,
    convert_to_code,
    convert_to_markdown,
    replace_source,
)
from tests.notebook.editing.marked_edits import tried, tried_in_form
from tests.notebook.editing.test_cells import BREAK, KEPT, OUTPUT, code

START = "# T\n\n## S\n\n"
FORCE = '<!-- livebook:{"force_markdown":true} -->'
SMART = '<!-- livebook:{"attrs":"e30","chunks":null,"kind":"K","livebook_object":"smart_cell"} -->'


def test_code_becomes_text_that_shows_it_and_code_again() -> None:
    text = f"{START}{code('x =$0 1')}\n\nOne\n"
    shown = f"{START}$0{FORCE}\n\n{code('x = 1')}\n\n{BREAK}\n\nOne\n"

    assert tried_in_form(convert_to_markdown, text) == shown
    assert tried_in_form(convert_to_code, shown) == text.replace("x =$0", "$0x =")


def test_attributes_and_outputs_go_with_the_code() -> None:
    automatic = '<!-- livebook:{"reevaluate_automatically":true} -->'
    text = f"{KEPT}{automatic}\n\n{code('$01')}\n\n{OUTPUT}\n"

    assert tried_in_form(convert_to_markdown, text) == f"{KEPT}$0{FORCE}\n\n{code('1')}\n"


def test_text_becomes_code_as_it_is() -> None:
    text = f"{START}x = 1\ny$0 = 2\n\nz\n"

    assert tried_in_form(convert_to_code, text) == f"{START}{code('$0x = 1', 'y = 2', '', 'z')}\n"


def test_code_shown_in_a_text_keeps_its_language() -> None:
    text = f"{START}{FORCE}\n\n```erlang\n$0X = 1.\n```\n"

    assert tried_in_form(convert_to_code, text) == f"{START}```erlang\n$0X = 1.\n```\n"


def test_a_smart_cell_becomes_its_code() -> None:
    text = f"{START}{SMART}\n\n{code('$01')}\n"

    assert tried_in_form(convert_to_code, text) == f"{START}{code('$01')}\n"
    assert tried(convert_to_markdown, text) == refusals.SMART_TO_MARKDOWN.sentence


def test_a_cell_that_is_of_the_kind_already_stays() -> None:
    assert tried(convert_to_code, f"{START}{code('$01')}\n") == refusals.IS_CODE.sentence
    assert tried(convert_to_markdown, f"{START}$0One\n") == refusals.IS_MARKDOWN.sentence


def test_a_language_changes() -> None:
    erlang = partial(change_language, language="erlang")

    assert tried_in_form(erlang, f"{START}{code('$01')}\n") == f"{START}```erlang\n$01\n```\n"
    assert tried(erlang, f"{START}$0One\n") == refusals.NO_CODE.sentence
    assert "ruby" in tried(partial(change_language, language="ruby"), f"{START}{code('$01')}\n")


def test_another_source_leaves_kind_attributes_and_outputs() -> None:
    automatic = '<!-- livebook:{"reevaluate_automatically":true} -->'
    text = f"{KEPT}{automatic}\n\n{code('$01')}\n\n{OUTPUT}\n"
    changed = partial(replace_source, source="````\nx\n````")

    assert tried_in_form(changed, text) == (
        f"{KEPT}{automatic}\n\n$0`````elixir\n````\nx\n````\n`````\n\n{OUTPUT}\n"
    )


def test_another_text_that_would_be_a_section_is_refused() -> None:
    changed = partial(replace_source, source="## B")

    assert tried(changed, f"{START}$0One\n") == refusals.UNWRITABLE.sentence
