"""Links put into prose, and attachments put on the notebook's list; `$0` is the cursor."""

from __future__ import annotations

from itertools import islice

import pytest

from livebook_ls.notebook.editing.attaching import insert_link, list_attachment
from livebook_ls.notebook.editing.outcome import Edited
from livebook_ls.notebook.links.attachments import attachment_names

LINK = "![](files/plot.png)"
HEAD = "# Note\n\n## Section\n\n"
CODE = "```elixir\n1\n```\n"


def inserted(text: str) -> str | None:
    before, _, after = text.partition("$0")
    outcome = insert_link(before + after, len(before), LINK)
    return outcome.text if isinstance(outcome, Edited) else None


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}Some $0words\n",
        f"{HEAD}$0Some words\n",
        f"{HEAD}* one\n* t$0wo\n",
        f"{HEAD}| a | b |\n| --- | --- |\n| 1 | $0 |\n",
        f"{HEAD}{CODE}\n$0\n",
        f"{HEAD}{CODE}\n$0\n\n{CODE}",
        f"{HEAD}$0\n\n{CODE}",
        f"{HEAD}> q$0\n",
    ],
)
def test_a_link_is_put_where_livebook_reads_one(text: str) -> None:
    assert inserted(text) == text.replace("$0", LINK)


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}```elixir\n1$0\n```\n",
        f"{HEAD}```elixir$0\n1\n```\n",
        f"{HEAD}`co$0de`\n",
        f"{HEAD}<!-- no$0te -->\n\nWords\n",
        '# Note\n\n<!-- livebook:{"branch_parent$0_index":0} -->\n\n## Section\n',
        "# No$0te\n\n## Section\n",
        "# Note\n\n## Sec$0tion\n\nWords\n",
        f"{HEAD}    indented$0\n",
    ],
)
def test_it_is_put_nowhere_else(text: str) -> None:
    assert inserted(text) is None


ELSEWHERE = '{"name":"plot.png","type":"url","url":"https://example.org/plot.png"}'
ENTRY = '{"name":"plot.png","type":"attachment"}'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (HEAD, f'<!-- livebook:{{"file_entries":[{ENTRY}]}} -->\n\n{HEAD}'),
        (
            f'<!-- livebook:{{"persist_outputs":true}} -->\n\n{HEAD}',
            f'<!-- livebook:{{"file_entries":[{ENTRY}],"persist_outputs":true}} -->\n\n{HEAD}',
        ),
        (
            f'<!-- livebook:{{"file_entries":[{ENTRY}]}} -->\n\n{HEAD}',
            f'<!-- livebook:{{"file_entries":[{ENTRY}]}} -->\n\n{HEAD}',
        ),
        ("## No title\n", None),
        (f'<!-- livebook:{{"file_entries":[{ELSEWHERE}]}} -->\n\n{HEAD}', None),
    ],
)
def test_an_attachment_is_listed_as_livebook_would_write_it(before: str, after: str | None) -> None:
    assert list_attachment(before, "plot.png") == after


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("plot.png", ["plot.png", "plot-2.png"]),
        ("my plöt (1).PNG", ["my-pl-t-1-.PNG", "my-pl-t-1--2.PNG"]),
        (".png", ["file-png.bin", "file-png-2.bin"]),
        ("noending", ["file-noending.bin", "file-noending-2.bin"]),
    ],
)
def test_names_are_those_that_livebook_takes(name: str, wanted: list[str]) -> None:
    assert list(islice(attachment_names(name), 2)) == wanted
