"""Who agrees to a run has seen all that runs, and nothing of it was hidden from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from livebook_ls.standin.server import StandIn
from tests.support.mcp_client import LEGACY, MODERN, Agent, Json, Person, use

NAME = "note.livemd"
SMART = {
    "before": '<!-- livebook:{"attrs":"eyJzb3VyY2UiOiJTRUxFQ1QgMSJ9",'
    '"chunks":null,"kind":"Elixir.KinoDB.SQLCell","livebook_object":"smart_cell"} -->\n\n',
    "after": "",
}


def fence(code: str, language: str = "elixir") -> str:
    return f"```{language}\n{code}\n```\n"


def asked(livebook: StandIn, folder: Path, cells: str, mode: str = MODERN) -> str:
    """What somebody is asked, who declines, before all these cells run."""
    (folder / NAME).write_text(f"# Note\n\n## One\n\n{cells}", encoding="utf-8", newline="")
    person = Person(agrees=False)

    async def scenario(agent: Agent) -> None:
        version, _ = await agent.cells(NAME)
        why = await agent.refused("run_cells", notebook=NAME, version=version, all=True)
        assert why["error"] == "declined"

    use(livebook.url, folder, scenario, may_run=False, mode=mode, person=person)
    return person.asked[-1]


@pytest.mark.parametrize("mode", [MODERN, LEGACY])
def test_a_person_sees_every_line_and_cell_to_its_end(
    livebook: StandIn, tmp_path: Path, mode: str
) -> None:
    lines = "\n".join(f"line_{number}" for number in range(60))
    wide = "1 " + "+ 1 " * 100 + "+ at_the_end"
    cells = "\n".join(fence(f"cell_{number}") for number in range(25))
    question = asked(livebook, tmp_path, f"{fence(lines)}\n{fence(wide)}\n{cells}", mode)

    for code in (*lines.split("\n"), wide, *(f"cell_{number}" for number in range(25))):
        assert f"    {code}\n" in f"{question}\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("1 # \u202e hidden", "1 # ‹U+202E› hidden"),
        ("a\u200bb", "a‹U+200B›b"),
        ("\u3164 = 1", "‹U+3164› = 1"),
        ("x\ufe00", "x‹U+FE00›"),
        ("1\x1b[2K2", "1‹U+001B›[2K2"),
        ("1\u20282", "1‹U+2028›2"),
        ("1\u00a02", "1‹U+00A0›2"),
        (f"1{' ' * 300}; rm()", "1‹300 blanks›; rm()"),
        ("1" + "\n \t" * 50 + "\nrm()", "1\n    ‹50 empty lines›\n    rm()"),
        ("1\n\n\n2", "1\n    \n    \n    2"),
        ("1\r\n2", "1\n    2"),
        ("\t1 + 2 é 日本", "\t1 + 2 é 日本"),
    ],
)
def test_what_nobody_would_see_is_named(
    livebook: StandIn, tmp_path: Path, code: str, shown: str
) -> None:
    assert f"    {shown}\n" in asked(livebook, tmp_path, fence(code)) + "\n"


def test_no_code_is_taken_for_words_of_the_question(livebook: StandIn, tmp_path: Path) -> None:
    words = "Livebook runs 1 cell before, on which they stand:"
    question = asked(livebook, tmp_path, fence(f"1\n\n{words}\n<!-- 2\n3 -->"))

    assert f"    {words}\n    <!-- 2\n    3 -->" in question
    assert words not in question.split("\n")


def test_a_person_sees_in_which_language_a_cell_is(livebook: StandIn, tmp_path: Path) -> None:
    question = asked(livebook, tmp_path, f"{fence('X = 1.', 'erlang')}\n{fence('1')}")

    assert " (erlang):\n\n    X = 1.\n" in question
    assert " (elixir):\n\n    1" in question


def test_a_person_sees_what_a_smart_cell_is_made_of(livebook: StandIn, tmp_path: Path) -> None:
    question = asked(livebook, tmp_path, SMART["before"] + fence("1"))

    assert " (smart cell, elixir):\n\n    1\n" in question
    assert "SELECT 1" in question
    assert "Elixir.KinoDB.SQLCell" in question


def test_a_person_sees_what_runs_again_by_itself(livebook: StandIn, tmp_path: Path) -> None:
    again = '<!-- livebook:{"reevaluate_automatically":true} -->\n\n' + fence("by_itself()")
    cells = f"{fence('x = 1')}\n{again}\n{fence('not_run()')}"
    (tmp_path / NAME).write_text(f"# Note\n\n## One\n\n{cells}", encoding="utf-8")
    person = Person(agrees=True)

    async def scenario(agent: Agent) -> None:
        version, cells = await agent.cells(NAME)
        await agent.call("run_cells", notebook=NAME, version=version, cells=[cells[0]["cell"]])

    use(livebook.url, tmp_path, scenario, may_run=False, person=person)

    (question,) = person.asked
    before, _, behind = question.partition("Livebook may then run 1 cell by itself")
    assert "x = 1" in before
    assert "by_itself()" in behind
    assert '{"reevaluate_automatically":true}' in behind
    assert "not_run" not in question


@pytest.mark.parametrize("mode", [MODERN, LEGACY])
def test_what_is_too_much_to_be_shown_is_not_asked_for_and_does_not_run(
    livebook: StandIn, tmp_path: Path, mode: str
) -> None:
    long = "x = 1\n" + "# words\n" * 1500
    cells = "\n".join(fence(f"{long}{number}") for number in range(2))
    (tmp_path / NAME).write_text(f"# Note\n\n## One\n\n{cells}", encoding="utf-8")
    person = Person(agrees=True)

    async def scenario(agent: Agent) -> None:
        version, (one, two) = await agent.cells(NAME, max_chars=100_000)
        why = await agent.refused("run_cells", notebook=NAME, version=version, all=True)
        assert why["error"] == "too-much-to-show"
        assert "--allow-run" in why["message"]
        assert person.asked == []
        for cell in (one, two):
            run: Json = await agent.call(
                "run_cells", notebook=NAME, version=version, cells=[cell["cell"]]
            )
            assert (run["state"], len(run["cells"])) == ("done", 1)

    use(livebook.url, tmp_path, scenario, may_run=False, mode=mode, person=person)

    assert len(person.asked) == 2


def test_a_word_for_one_language_is_none_for_another(livebook: StandIn, tmp_path: Path) -> None:
    text = f"# Note\n\n## One\n\n{fence('1.')}"
    (tmp_path / NAME).write_text(text, encoding="utf-8")
    erlang = text.replace("elixir", "erlang")

    def change() -> None:
        (tmp_path / NAME).write_text(erlang, encoding="utf-8")

    person = Person(agrees=True, does=change)

    async def scenario(agent: Agent) -> None:
        version, _ = await agent.cells(NAME)
        result = await agent.client.call_tool(
            "run_cells", {"notebook": NAME, "version": version, "all": True}
        )
        told = result.structured_content or {}
        assert told.get("error") == "changed-meanwhile" or told["state"] == "refused", told

    use(livebook.url, tmp_path, scenario, may_run=False, person=person)
