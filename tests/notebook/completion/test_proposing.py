from __future__ import annotations

import json
from typing import NamedTuple

import pytest

from livebook_ls.notebook.completion.addresses import Neighbour
from livebook_ls.notebook.completion.begun_json import read_begun
from livebook_ls.notebook.completion.proposal import CURSOR, Proposals
from livebook_ls.notebook.completion.proposing import propose
from livebook_ls.notebook.importing.importer import parse
from livebook_ls.notebook.linked_notebook import LinkedNotebook, linked_notebook
from tests.support.marks import cut

HERE = "/n/here.livemd"
FILES = {
    "/n": (
        Neighbour("/n/data (1).csv", False),
        Neighbour("/n/files", True),
        Neighbour("/n/here.livemd", False),
        Neighbour("/n/pic.png", False),
    ),
    "/n/files": (Neighbour("/n/files/a b.png", False), Neighbour("/n/files/c.csv", False)),
}
OTHER = linked_notebook("# Other\n\n## First part\n\n### Detail\n\n## Größe\n")


class Around:
    def entries(self, folder: str) -> tuple[Neighbour, ...]:
        return FILES.get(folder, ())

    def notebook(self, path: str) -> LinkedNotebook | None:
        return OTHER if path == "/n/sub/other.livemd" else None

    def notebooks(self) -> tuple[str, ...]:
        return ("/n/here.livemd", "/n/sub/other.livemd")


class Proposed(NamedTuple):
    text: str
    found: Proposals | None

    @property
    def labels(self) -> list[str]:
        return [it.label for it in self.found.items] if self.found else []

    def taken(self, label: str) -> str:
        """The text once that proposal is taken, with `$0` where the cursor would be."""
        assert self.found is not None
        item = next(it for it in self.found.items if it.label == label)
        start, end = self.found.replaced
        return self.text[:start] + item.insert.replace(CURSOR, "$0") + self.text[end:]


def proposed(marked: str) -> Proposed:
    text, cursor, _ = cut(marked)
    assert cursor is not None
    return Proposed(text, propose(linked_notebook(text), cursor, HERE, Around()))


def test_languages_stand_behind_a_fence() -> None:
    found = proposed("# T\n\n## S\n\n```$0\n")

    assert found.labels[:4] == ["elixir", "erlang", "python", "mermaid"]
    assert found.taken("elixir") == "# T\n\n## S\n\n```elixir\n$0\n```\n"


def test_a_fence_that_is_closed_is_not_closed_again() -> None:
    found = proposed("# T\n\n## S\n\n```el$0\n1 + 1\n```\n\n```erlang\n1.\n```\n")

    assert found.taken("elixir") == "# T\n\n## S\n\n```elixir\n1 + 1\n```\n\n```erlang\n1.\n```\n"


def test_a_fence_that_would_swallow_the_next_cell_is_closed() -> None:
    found = proposed("# T\n\n## S\n\n```$0\n\n```elixir\n1 + 1\n```\n")
    taken = found.taken("elixir").replace("$0", "2")

    assert [it.source for it in parse(taken).sections[0].cells] == ["2", "1 + 1"]


def test_pythons_packages_are_offered_where_setup_cells_are() -> None:
    assert "pyproject.toml" in proposed("# T\n\n```$0\n").labels
    assert "pyproject.toml" not in proposed("# T\n\n## S\n\n```$0\n").labels


@pytest.mark.parametrize(
    "text",
    [
        "# T\n\nSome wor$0ds here\n",
        "# T\n\nSome wor$0\n",
        "# T\n\n## S$0\n",
        "# T\n\n* item$0\n",
        "# T\n\n```elixir\n1 + 1\n```$0\n",
        "# T\n\n```text\n[a]($0\n```\n",
        "# T\n\n```text\n$0\n```\n",
        "# T\n\n<!-- a comment $0 -->\n",
        "# T\n\nsay `[a]($0`\n",
        "# T\n\n[a](https://$0)\n",
        '# T\n\n<!-- livebook:{"force_markdown":true}$0 -->\n\n```elixir\n```\n',
    ],
)
def test_in_prose_and_in_code_there_is_nothing(text: str) -> None:
    assert proposed(text).labels == []


@pytest.mark.parametrize(
    ("text", "label", "expected"),
    [
        (
            "<!-- $0\n\n# T\n",
            'livebook:{"persist_outputs":…}',
            '<!-- livebook:{"persist_outputs":true} -->\n\n# T\n',
        ),
        (
            "<!-- livebook:{$0} -->\n\n# T\n",
            "persist_outputs",
            '<!-- livebook:{"persist_outputs":true} -->\n\n# T\n',
        ),
        (
            '<!-- livebook:{"persist_outputs":true,"de$0"} -->\n\n# T\n',
            "default_language",
            '<!-- livebook:{"persist_outputs":true,"default_language":"erlang"} -->\n\n# T\n',
        ),
        (
            '<!-- livebook:{"app_settings":{"acc$0"}} -->\n\n# T\n',
            "access_type",
            '<!-- livebook:{"app_settings":{"access_type":"public"}} -->\n\n# T\n',
        ),
        (
            '<!-- livebook:{"autosave_interval_s":$0} -->\n\n# T\n',
            "null",
            '<!-- livebook:{"autosave_interval_s":null} -->\n\n# T\n',
        ),
        (
            "# T\n\n## A\n\n## B\n\n<!-- livebook:{$0} -->\n\n## C\n",
            "a branch of “B”",
            '# T\n\n## A\n\n## B\n\n<!-- livebook:{"branch_parent_index":1} -->\n\n## C\n',
        ),
        (
            '# T\n\n## A\n\n<!-- livebook:{"branch_parent_index":$0} -->\n\n## C\n',
            "0",
            '# T\n\n## A\n\n<!-- livebook:{"branch_parent_index":0} -->\n\n## C\n',
        ),
        (
            '# T\n\n## A\n\n<!-- livebook:{"out$0"} -->\n\n```elixir\n```\n',
            "output_size",
            '# T\n\n## A\n\n<!-- livebook:{"output_size":"full"} -->\n\n```elixir\n```\n',
        ),
        (
            "# T\n\n## A\n\na\n\n<!-- live$0\n\nb\n",
            'livebook:{"break_markdown":…}',
            '# T\n\n## A\n\na\n\n<!-- livebook:{"break_markdown":true} -->\n\nb\n',
        ),
    ],
)
def test_comments_know_what_may_stand_in_them(text: str, label: str, expected: str) -> None:
    taken = proposed(text).taken(label)

    assert taken == expected
    assert not parse(taken).failures


def test_keys_say_what_they_do_and_stand_once() -> None:
    found = proposed('<!-- livebook:{"persist_outputs":true,$0} -->\n\n# T\n')

    assert "persist_outputs" not in found.labels
    assert found.found is not None
    assert found.found.items[0].documentation.endswith("`null` switches autosave off.")


def test_a_section_is_no_branch_of_a_branch_nor_of_what_follows() -> None:
    branch = '<!-- livebook:{"branch_parent_index":0} -->\n\n## B\n'
    found = proposed(f"# T\n\n## A\n\n{branch}\n<!-- livebook:{{$0}} -->\n\n## C\n\n## D\n")

    assert [it for it in found.labels if "branch of" in it] == ["a branch of “A”"]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("[a](#$0)", ["My part"]),
        ("[a](sub/other.livemd#f$0)", ["First part", "Größe"]),
        ("[a]($0)", ["My part", "data (1).csv", "files/", "pic.png", "sub/other.livemd"]),
        ("![a]($0)", ["files/", "pic.png"]),
        ("![a](files/$0)", ["a b.png", "gone.png"]),
        ("[label]: da$0", ["data (1).csv", "files/", "pic.png", "sub/other.livemd"]),
    ],
)
def test_links_know_sections_and_files(text: str, labels: list[str]) -> None:
    entries = json.dumps({"file_entries": [{"name": "gone.png", "type": "attachment"}]})
    found = proposed(f"<!-- livebook:{entries} -->\n\n# T\n\n{text}\n\n## My part\n")

    assert found.labels == labels


@pytest.mark.parametrize(
    ("text", "label", "expected"),
    [
        ("[a](da$0)", "data (1).csv", "[a](data%20%281%29.csv)"),
        ("[a](<da$0>)", "data (1).csv", "[a](<data (1).csv>)"),
        ("![](files/$0", "a b.png", "![](files/a%20b.png"),
        ("[a](#m$0)", "My part", "[a](#my-part)"),
        ("[a]($0)", "My part", "[a](#my-part)"),
        ("[a](sub/other.livemd#$0)", "Größe", "[a](sub/other.livemd#größe)"),
    ],
)
def test_what_is_taken_is_an_address(text: str, label: str, expected: str) -> None:
    assert expected in proposed(f"# T\n\n{text}\n\n## My part\n").taken(label)


def test_blocks_begin_on_an_empty_line() -> None:
    found = proposed("# T\n\n## S\n\ntext\n\n$0\n\n## Next\n")

    assert found.labels[:3] == ["Elixir cell", "Erlang cell", "Python cell"]
    for label in found.labels:
        taken = found.taken(label).replace("$0", "x")
        notebook = parse(taken)
        assert not notebook.failures
        assert notebook.sections[-1].name == "Next"
    branched = parse(found.taken("Branch section").replace("$0", "x"))
    assert [it.parent_index for it in branched.sections] == [None, 0, None]


@pytest.mark.parametrize(
    ("text", "path", "key", "start"),
    [
        ("{", (), None, 1),
        ('{"a', (), None, 1),
        ('{"a":', (), "a", 5),
        ('{"a":tr', (), "a", 5),
        ('{"a":"x', (), "a", 5),
        ('{"a":1,', (), None, 7),
        ('{"a":{"b":2,"c', ("a",), None, 12),
        ('{"a":{"b":2},"c":', (), "c", 17),
    ],
)
def test_begun_json_tells_where_its_end_is(
    text: str, path: tuple[str, ...], key: str | None, start: int
) -> None:
    begun = read_begun(text)

    assert begun is not None
    assert (begun.path, begun.key, begun.start) == (path, key, start)


@pytest.mark.parametrize("text", ["", "{}", '{"a":[', '{"a":1}', "[", '{"a":[1,{"b":'])
def test_outside_of_objects_there_is_no_end(text: str) -> None:
    assert read_begun(text) is None


def test_every_place_of_a_text_has_an_answer() -> None:
    text = (
        '<!-- livebook:{"app_settings":{"slug":"a"},"x":[1,{"y":2}]} -->\n\n# T\n\n'
        "## S\n\n* [a](b#c) `d`\n\n  ```e\n  f\n  ```\n\n"
        '<!-- livebook:{"output_size":"wide"} -->\n\n'
        "```elixir\n1\n```\n\n[l]: <m n>\n\n<!--\n livebook:{\n"
    )
    notebook = linked_notebook(text)
    for offset in range(len(text) + 1):
        found = propose(notebook, offset, HERE, Around())
        assert found is None or 0 <= found.replaced.start <= found.replaced.end <= len(text)
