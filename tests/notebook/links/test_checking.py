from __future__ import annotations

import pytest

from livebook_ls.notebook.hazard import apply_fix
from livebook_ls.notebook.linked_notebook import linked_notebook
from livebook_ls.notebook.links.checking import DeadLink, dead_links

HERE = "/notes/here.livemd"
FRAGMENTS = {"/notes/other.livemd": ("getting-started", "data")}
FILES = {*FRAGMENTS, "/notes/files/a.png", "/notes/sub/moved.livemd"}


class Folder:
    def exists(self, path: str) -> bool | None:
        return path in FILES if path.startswith("/notes/") else None

    def fragments(self, path: str) -> tuple[str, ...] | None:
        return FRAGMENTS.get(path)

    def candidates(self, path: str) -> list[str]:
        del path
        return sorted(FILES)


def checked(prose: str) -> tuple[str, list[DeadLink]]:
    text = f"# Note\n\n{prose}\n\n## Load the data\n\n### A detail\n"
    notebook = linked_notebook(text)
    fragments = notebook.summary.fragments
    return text, list(dead_links(notebook.links, HERE, fragments, Folder()))


@pytest.mark.parametrize(
    "prose",
    [
        "[a](#load-the-data)",
        "[a](#a-detail)",
        "[a](#note)",
        "[a](#)",
        "[a](#cell-y5oxrrri4daa6xt5)",
        "[a](other.livemd#data)",
        "![](files/a.png)",
        "[a](https://nowhere.test/#x)",
        "[a](/learn/notebooks/x)",
        "[a](../outside.livemd)",
        "[a](mailto:a@b.c)",
    ],
)
def test_links_that_lead_somewhere_are_not_told(prose: str) -> None:
    assert checked(prose)[1] == []


@pytest.mark.parametrize(
    ("prose", "fixed", "says"),
    [
        ("[a](#load-data)", "[a](#load-the-data)", "this notebook has no section “#load-data”"),
        ("[a](#Load-the-data)", "[a](#load-the-data)", "no section"),
        ("[a](other.livemd#start)", None, "“other.livemd” has no section “#start”"),
        ("[a](othr.livemd#data)", "[a](other.livemd#data)", "there is no file “othr.livemd”"),
        ("[a](moved.livemd)", "[a](sub/moved.livemd)", "there is no file “moved.livemd”"),
        ("![](<files/b.png>)", "![](<files/a.png>)", "there is no file “files/b.png”"),
    ],
)
def test_a_link_that_leads_nowhere_is_told_with_the_nearest(
    prose: str, fixed: str | None, says: str
) -> None:
    text, (dead,) = checked(prose)

    assert says in dead.sentence
    if fixed is not None:
        assert fixed in apply_fix(text, dead.fixes[0])
