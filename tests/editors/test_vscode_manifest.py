"""The VS Code extension's manifest, held against what the server can do and be set to."""

from __future__ import annotations

import dataclasses
import json
import re
from enum import Enum
from typing import Any

import pytest

from livebook_ls.lsp.commands.table import COMMANDS
from livebook_ls.notebook.completion.blocks import block_proposals
from livebook_ls.notebook.completion.cursor_place import place_in
from livebook_ls.notebook.exporting.canonical import canonical
from livebook_ls.notebook.linked_notebook import linked_notebook
from livebook_ls.settings import Settings, read_settings
from tests.support.places import ROOT

CLIENT = ROOT / "vscode-client"
MANIFEST: dict[str, Any] = json.loads((CLIENT / "package.json").read_text(encoding="utf-8"))
CONTRIBUTES = MANIFEST["contributes"]
PROPERTIES = {
    name.removeprefix("livebook."): value
    for name, value in CONTRIBUTES["configuration"]["properties"].items()
}
FIELDS = {field.name: field for field in dataclasses.fields(Settings)}
# Named otherwise by every language client's own convention.
RENAMED = {"trace": "trace.server"}
# Who is talked to and what is run: never for a workspace to decide.
MACHINES_OWN = {
    "url",
    "token",
    "password",
    "caFile",
    "pathMappings",
    "startCommand",
    "elixirPath",
    "runCells",
    "server.path",
    "interpreter",
}
RESTRICTED = {
    name.removeprefix("livebook.")
    for name in MANIFEST["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]
}


def setting(field: str) -> str:
    first, *rest = field.split("_")
    return RENAMED.get(field, first + "".join(part.capitalize() for part in rest))


@pytest.mark.parametrize("field", FIELDS)
def test_every_setting_of_the_server_can_be_set(field: str) -> None:
    shown = PROPERTIES[setting(field)]
    default = getattr(Settings(), field)
    if isinstance(default, Enum):
        assert set(shown["enum"]) == {choice.value for choice in type(default)}


def test_defaults_are_the_servers() -> None:
    defaults = {name: value["default"] for name, value in PROPERTIES.items()}

    assert read_settings(defaults, Settings()) == (Settings(), ())


@pytest.mark.parametrize("name", PROPERTIES)
def test_every_setting_says_what_it_is(name: str) -> None:
    shown = PROPERTIES[name]

    assert len(shown.get("description") or shown["markdownDescription"]) > 20
    assert len(shown.get("enumDescriptions", ())) in (0, len(shown.get("enum", ())))


def test_no_workspace_decides_who_is_talked_to_or_what_is_run() -> None:
    own = MACHINES_OWN & set(PROPERTIES)

    assert {name for name, it in PROPERTIES.items() if it["scope"] == "machine"} == own
    assert own <= RESTRICTED <= set(PROPERTIES)


def test_the_readme_names_every_setting() -> None:
    readme = (CLIENT / "README.md").read_text(encoding="utf-8")

    assert [name for name in PROPERTIES if f"`livebook.{name}`" not in readme] == []


def test_every_command_of_the_server_is_offered() -> None:
    # “Show Status” shows the answers of two, “To the Side” the session that another opens.
    elsewhere = {"livebook.status", "livebook.doctor", "livebook.attach"}
    offered = {it["command"] for it in CONTRIBUTES["commands"]}

    assert set(COMMANDS) - offered == elsewhere


def test_menus_and_keys_name_commands_that_there_are() -> None:
    offered = {it["command"] for it in CONTRIBUTES["commands"]}
    entries = [it for menu in CONTRIBUTES["menus"].values() for it in menu]
    named = {it["command"] for it in entries + CONTRIBUTES["keybindings"]}
    steps = json.dumps(CONTRIBUTES["walkthroughs"])

    assert named <= offered
    assert [it for it in offered if f"command:{it})" in steps]


@pytest.mark.parametrize(
    ("context", "commands"),
    [
        ("isHeld", {"openAnyway", "syncAnyway", "alwaysSyncAnyway", "syncInTwoSteps"}),
        ("heldNothing", {"holdBackAgain"}),
        ("canRestore", {"restore"}),
        ("canRestoreBrowser", {"restoreBrowserVersion"}),
        ("isMergeOffered", {"merge"}),
        ("hasConflicts", {"takeMine", "takeBrowsers", "takeBoth"}),
        ("isEditedInBrowser", {"showBrowserVersion"}),
    ],
)
def test_the_palette_offers_what_rescues_only_where_it_helps(
    context: str, commands: set[str]
) -> None:
    palette = CONTRIBUTES["menus"]["commandPalette"]
    offered = {it["command"] for it in palette if it["when"].endswith(f"&& livebook.{context}")}
    source = (CLIENT / "src" / "rescue.ts").read_text(encoding="utf-8")

    assert offered == {f"livebook.{it}" for it in commands}
    assert f'"livebook.{context}"' in source


def test_every_file_that_is_named_is_packed() -> None:
    named = [
        step["media"]["markdown"] for it in CONTRIBUTES["walkthroughs"] for step in it["steps"]
    ]
    named += [MANIFEST["icon"], *(it["path"] for it in CONTRIBUTES["grammars"])]
    named += [it["path"] for it in CONTRIBUTES["snippets"]]
    named += [it["configuration"] for it in CONTRIBUTES["languages"]]
    packed = {path for glob in MANIFEST["files"] for path in CLIENT.glob(glob)}

    assert [it for it in named if CLIENT / it not in packed] == []


@pytest.mark.parametrize(
    "line", ["- a", "* a", "+ a", "- [ ] a", "* [x] a", "+ [ ] a", "2. a", "2) a"]
)
def test_enter_goes_on_with_the_very_list(line: str) -> None:
    """Another sign would be another list, which Livebook sets apart by an empty line."""
    configuration = json.loads((CLIENT / "language-configuration.json").read_text(encoding="utf-8"))
    rules = configuration["onEnterRules"]
    rule = next(it for it in rules if re.search(it["beforeText"], line))
    form = canonical(f"# T\n\n{line}\n{rule['action']['appendText']}b\n")

    assert form is not None
    assert re.search(r" a\n\S+ (\[ \] )?b\n$", form)
    assert ("[" in line) == ("[ ] b" in form)


def test_every_block_that_the_server_leaves_to_it_is_a_snippet() -> None:
    snippets = json.loads((CLIENT / "snippets" / "livebook.json").read_text(encoding="utf-8"))
    draft = linked_notebook("# T\n\n\n").draft
    blocks = block_proposals(place_in(draft.document, draft.notebook, 5))

    assert blocks is not None
    assert {it.label for it in blocks.items if it.is_fixed} <= set(snippets)


def test_no_clause_waits_until_the_window_has_come_to_rest() -> None:
    # VS Code sets this one when nothing else is to be done, on a busy machine after many seconds.
    assert "isWorkspaceTrusted" not in json.dumps(CONTRIBUTES)
