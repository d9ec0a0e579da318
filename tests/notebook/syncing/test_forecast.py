"""What a sync will leave in a session: as a real Livebook did it, and in small cases of our own."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from livebook_ls.notebook.importing.importer import parse
from livebook_ls.notebook.syncing.file_losses import Lost
from livebook_ls.notebook.syncing.forecast import Forecast, forecast, forecast_texts, two_step
from livebook_ls.notebook.syncing.session_content import exported
from tests.support.golden import GOLDEN

needs_golden = pytest.mark.skipif(
    not GOLDEN.is_dir(), reason=f"no golden files of a real Livebook in {GOLDEN}"
)

# The first of them every day.
PARTS = 4
ONE = "# T\n\n## One\n\n```elixir\n1\n```\n"
TWO = "## Two\n\n```elixir\n2\n```\n"
BRANCH = '<!-- livebook:{"branch_parent_index":0} -->\n\n## Branch\n\n```elixir\n3\n```\n'
SMART = (
    '<!-- livebook:{"attrs":"e30","chunks":null,"kind":"K","livebook_object":"smart_cell"} -->'
    "\n\n```elixir\nsmart\n```\n"
)
PYTHON = '```elixir\n```\n\n```pyproject.toml\n[project]\nname = "x"\n```\n'


def pairs() -> list[Any]:
    data = gzip.decompress((GOLDEN / "golden-sync.jsonl.gz").read_bytes())
    return [json.loads(line) for line in data.splitlines()]


def told(found: Forecast) -> list[str]:
    losses = [f"{loss.what.value} {loss.name}" for loss in found.losses]
    return losses + [f"leftover {name}" for name in found.leftovers] + [*found.ignored_metadata]


def held(found: Forecast) -> str:
    return exported(found.session) if found.session else ""


def differs(pair: Any) -> str | None:
    found = forecast_texts(pair["before"], pair["after"])
    if "raises" in pair or found.raises:
        return None if "raises" in pair and found.raises else f"raises {found.raises}"
    if found.equal != pair["equal"] or found.equal == bool(told(found)):
        return f"equal {found.equal}, {told(found)}"
    if (list(found.operations), list(found.failed)) != (pair["ops"], pair["failed"]):
        return f"operations {found.operations}, failed {found.failed}"
    if not found.equal and held(found) != held(forecast_texts(pair["session"], pair["session"])):
        return f"session {found.session}"
    return None


@needs_golden
@pytest.mark.parametrize(
    "part", [0, *(pytest.param(it, marks=pytest.mark.slow) for it in range(1, PARTS))]
)
def test_foresees_every_sync_as_livebook_did_it(part: int) -> None:
    some = pairs()[part::PARTS]
    wrong = [(pair, different) for pair in some if (different := differs(pair))]

    assert wrong == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(ONE, ONE, [], id="nothing changes"),
        pytest.param(ONE, f"{ONE}\n{TWO}", [], id="a section at the end"),
        pytest.param(ONE, ONE.replace("1\n", "10\n"), [], id="an edited cell"),
        pytest.param(ONE, ONE.replace("# T", "# U", 1), [], id="another title"),
        pytest.param(
            ONE, ONE.replace("## One", TWO + "\n## One"), ["section Two", "cell 2"], id="above all"
        ),
        pytest.param("# T\n", ONE, ["section One", "cell 1"], id="nothing to put it into"),
        pytest.param(
            f"{ONE}\nwords\n\n{TWO}",
            f"# T\n\n{TWO}\n{ONE[5:]}\nwords\n",
            ["section Two", "cell 2"],
            id="swapped",
        ),
        pytest.param(ONE, f"{ONE}\n{BRANCH}", [], id="a new branch"),
        pytest.param(f"{ONE}\n{BRANCH}", f"{ONE}\n{BRANCH}", [], id="a branch stays"),
        pytest.param(ONE, f"{ONE}\n{SMART}", ["smart cell smart"], id="a new smart cell"),
        pytest.param(f"{ONE}\n{SMART}", f"{ONE}\n{SMART}", [], id="a smart cell stays"),
        pytest.param(
            f"{ONE}\n{SMART}",
            f"{ONE}\n{SMART}".replace("\nsmart", "\nedited"),
            ["smart edit edited"],
            id="an edited smart cell",
        ),
        pytest.param(
            f"{ONE}\n{SMART}",
            f"{ONE}\n{SMART}".replace("\nsmart", f"\n{'edited ' * 500}"),
            [f"smart edit {('edited ' * 500)[:80]}…"],
            id="of a long line the beginning",
        ),
        pytest.param(
            ONE,
            f'<!-- livebook:{{"autosave_interval_s":9}} -->\n\n{ONE}',
            ["autosave_interval_s"],
            id="metadata of the notebook",
        ),
        pytest.param(
            ONE, f"# T\n\n{PYTHON}\n{ONE[5:]}", ["default_language"], id="Python switched on"
        ),
        pytest.param(f"# T\n\n{PYTHON}\n{ONE[5:]}", ONE, [], id="Python switched off"),
        pytest.param(
            "# T\n\n```elixir\n0\n```\n",
            '# T\n\n<!-- livebook:{"continue_on_error":true} -->\n\n```elixir\n0\n```\n',
            ["attributes 0"],
            id="attributes of the setup cell",
        ),
        pytest.param(
            f"{ONE}\n- a\n", f"{ONE}\n*   a\n", [], id="Markdown that is written another way"
        ),
        pytest.param(
            f"{ONE}\n{TWO}\n{BRANCH}",
            f"# T\n\n{TWO}\n{BRANCH}",
            [],
            id="a branch gets another parent",
        ),
    ],
)
def test_tells_what_does_not_arrive(before: str, after: str, expected: list[str]) -> None:
    found = forecast_texts(before, after)

    assert expected == told(found)
    assert found.equal == (not expected)
    assert found.raises is None


def test_notebooks_give_the_same_as_their_texts() -> None:
    before, after = ONE, f"{ONE}\n{TWO}"

    assert forecast_texts(before, after) == forecast(parse(before), parse(after))


def test_a_loss_says_where_in_the_file_it_stands() -> None:
    after = ONE.replace("## One", TWO + "\n## One")

    (section, cell) = forecast_texts(ONE, after).losses

    assert (section.what, cell.what) == (Lost.SECTION, Lost.CELL)
    assert TWO.rstrip() == after[section.span.start : section.span.end].rstrip()
    assert after[cell.span.start : cell.span.end] == "```elixir\n2\n```"


def test_a_file_that_livebook_cannot_read_leaves_no_session() -> None:
    found = forecast_texts(ONE, "# T\n\n<!-- livebook:{ -->\n\n## S\n")

    assert found.raises == "invalid-json"
    assert found.session is None


def test_an_interval_that_no_session_starts_with_does_no_harm_to_one_that_runs() -> None:
    found = forecast_texts(ONE, f'<!-- livebook:{{"autosave_interval_s":-1}} -->\n\n{ONE}')

    assert found.raises is None
    assert told(found) == ["autosave_interval_s"]


def test_a_branch_of_a_later_section_ends_the_session() -> None:
    found = forecast_texts(ONE, ONE.replace("## One", BRANCH.replace("0", "-1")))

    assert found.raises == "forward-parent"


@pytest.mark.slow
def test_notebooks_that_have_nothing_in_common_are_foreseen_in_rough() -> None:
    cells = [f"```elixir\n{number}\n```\n" for number in range(2000)]
    before, after = "\n".join(cells[:1000]), "\n".join(cells[1000:])

    found = forecast_texts(f"# T\n\n## S\n\n{before}", f"# T\n\n## S\n\n{after}")

    assert not found.is_exact
    assert found.equal


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(ONE.replace("## One", TWO + "\n## One"), id="a section above all"),
        pytest.param(f"# T\n\n{TWO}\n{ONE[5:]}", id="swapped sections"),
        pytest.param(f"# T\n\nwords\n\n{TWO}\n{ONE[5:]}\n{BRANCH}", id="words before any section"),
    ],
)
def test_two_steps_bring_over_what_one_does_not(after: str) -> None:
    before = f"{ONE}\n{TWO}"

    halfway = two_step(parse(before), after)

    assert halfway is not None
    assert len(parse(halfway).sections) == 1
    assert forecast_texts(before, halfway).equal
    assert forecast_texts(halfway, after).equal


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("# T\n", ONE, id="no section to begin with"),
        pytest.param(ONE, "# T\n", id="no section to gather cells in"),
        pytest.param(ONE, f"{ONE}\n{SMART}", id="a new smart cell"),
        pytest.param(ONE, "# T\n\n<!-- livebook:{ -->\n\n## S\n", id="not to be read"),
    ],
)
def test_two_steps_are_not_offered_where_they_lose_something(before: str, after: str) -> None:
    assert two_step(parse(before), after) is None
