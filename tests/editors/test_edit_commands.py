"""The commands that edit and run cells, as our own plugins for editors call them."""

from __future__ import annotations

import re

import pytest

from livebook_ls.lsp.commands.table import COMMANDS
from livebook_ls.lsp.features.cell_editing.edits import CHANGE_LANGUAGE, EDITS
from tests.support.places import ROOT

ALL = {CHANGE_LANGUAGE, *(it.command for it in EDITS)}
PLUGINS = {
    "neovim": "editors/neovim/lua/livebook_ls/editing.lua",
    "emacs": "editors/emacs/livebook-ls.el",
}
_NAME = re.compile(r"""['"](livebook\.\w+)['"]""")


@pytest.mark.parametrize("plugin", PLUGINS)
def test_every_edit_is_a_command_of_the_editor(plugin: str) -> None:
    named = set(_NAME.findall((ROOT / PLUGINS[plugin]).read_text(encoding="utf-8")))

    assert named >= ALL


def test_neovim_calls_nothing_that_the_server_lacks() -> None:
    named = set(_NAME.findall((ROOT / PLUGINS["neovim"]).read_text(encoding="utf-8")))

    assert named <= set(COMMANDS)


def test_every_run_of_neovim_has_a_map_that_its_help_names() -> None:
    lua = (ROOT / "editors/neovim/lua/livebook_ls/buffer.lua").read_text(encoding="utf-8")
    told = (ROOT / "editors/neovim/doc/livebook-ls.txt").read_text(encoding="utf-8")
    runs = re.findall(r"^  (Livebook\w+) = \{ 'livebook\.\w*[rR]un\w*'", lua, re.MULTILINE)
    maps = {
        name: plug for plug, name in re.findall(r"^  \W*([\w-]+)\W* = '(\w+)',", lua, re.MULTILINE)
    }

    assert len(runs) == 9
    assert [it for it in runs if f"(livebook-{maps.get(it)})" not in told] == []


def test_vs_code_says_where_the_cursor_is_for_edits_and_for_nothing_else() -> None:
    source = (ROOT / "vscode-client" / "src" / "cellEdits.ts").read_text(encoding="utf-8")
    found = re.search(r"^  /(\^livebook.*\$)/;$", source, re.MULTILINE)

    assert found
    assert {it for it in COMMANDS if re.search(found[1], it)} == ALL
