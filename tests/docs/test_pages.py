"""The pages for users: all that can be met is on its page, and every link leads somewhere."""

from __future__ import annotations

import dataclasses
import json
import re
from enum import Enum
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

import pytest
from lsprotocol import types

from livebook_ls.cli.main import main
from livebook_ls.lsp.commands.table import COMMANDS
from livebook_ls.lsp.convert import to_diagnostic
from livebook_ls.settings import Settings
from livebook_ls.sync.telling.findings import Finding, FindingSeverity
from tests.support.docs.codes import codes, words
from tests.support.docs.pages import DOCS, PAGES, read
from tests.support.places import ROOT

MESSAGES = DOCS / "messages.md"
COMMAND_LINE = DOCS / "command-line.md"
SHARED = "Options of several commands"
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
_FOLDERS = r"(?:\.ci|\.github|benchmarks|docs|editors|livebook_ls|scripts|tests|vscode-client)"
_NAMED_FILE = re.compile(rf"(?<![\w./~-]){_FOLDERS}/[\w./*-]*[\w*/]")


def titled(path: Path) -> str:
    return str(path.relative_to(ROOT))


def camel_case(field: str) -> str:
    first, *rest = field.split("_")
    return first + "".join(part.capitalize() for part in rest)


class Help:
    """What the program says about itself."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> str:
        with pytest.raises(SystemExit):
            main([*arguments, "--help"])
        return self._capsys.readouterr().out

    def commands(self) -> list[str]:
        """Every command, in the order of the overview."""
        return re.findall(r"^    ([a-z-]+) {2,}", self(), re.MULTILINE)

    def options(self, *command: str) -> set[str]:
        """The options that are explained, not those that an example uses."""
        explained = re.findall(r"^  -.*", self(*command), re.MULTILINE)
        return set(_OPTION.findall("\n".join(explained)))


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Help:
    # Wide enough that no line of it breaks.
    monkeypatch.setenv("COLUMNS", "200")
    return Help(capsys)


@pytest.mark.parametrize("path", PAGES, ids=titled)
def test_every_link_leads_somewhere(path: Path) -> None:
    dead = []
    for link in read(path).links:
        parts = urlsplit(link)
        if parts.scheme:
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        if not target.exists() or (parts.fragment and parts.fragment not in read(target).anchors):
            dead.append(link)

    assert dead == []


@pytest.mark.parametrize("path", PAGES, ids=titled)
def test_an_anchor_is_there_once(path: Path) -> None:
    anchors = read(path).anchors

    assert sorted(set(anchors)) == sorted(anchors)


@pytest.mark.parametrize("path", sorted(DOCS.rglob("*.md")), ids=titled)
def test_pages_that_are_installed_lead_only_to_each_other(path: Path) -> None:
    targets = [urlsplit(link).path for link in read(path).links if not urlsplit(link).scheme]
    outside = [it for it in targets if not (path.parent / it).resolve().is_relative_to(DOCS)]

    assert outside == []


def test_every_page_is_reached_from_the_readme() -> None:
    reached = {(ROOT / urlsplit(it).path).resolve() for it in read(ROOT / "README.md").links}

    assert set(DOCS.rglob("*.md")) - reached == set()


@pytest.mark.parametrize("path", PAGES, ids=titled)
def test_every_file_that_is_named_exists(path: Path) -> None:
    named = {it for code in read(path).code for it in _NAMED_FILE.findall(code)}

    assert [it for it in sorted(named) if not any(ROOT.glob(it.rstrip("/")))] == []


def test_the_readme_is_read_in_one_go() -> None:
    assert len(read(ROOT / "README.md").text.splitlines()) <= 150


def test_there_are_codes() -> None:
    known = {"not-running", "sync-loses", "not-utf8", "no-hub", "unclosed-fence", "read-again"}

    assert known | {"exposed", "clock", "outputs", "misplaced-stamp", "file-entry"} <= codes()


def test_every_code_has_its_entry() -> None:
    assert codes() - set(read(MESSAGES).anchors) == set()


def test_every_entry_is_of_a_code() -> None:
    page = read(MESSAGES)
    entries = {*re.findall(r"^### (\S+)$", page.text, re.MULTILINE)}
    entries |= {*re.findall(r'<a id="(\S+)"></a>', page.text)}

    assert entries - words() == set()


def test_a_diagnostic_leads_to_its_entry() -> None:
    place = types.Range(types.Position(0, 0), types.Position(0, 0))
    finding = Finding(code="not-running", severity=FindingSeverity.ERROR, sentence="")
    shown = to_diagnostic(finding, place)
    assert shown.code_description is not None
    link = urlsplit(shown.code_description.href)

    assert link.fragment in read(Path(url2pathname(link.path))).anchors


@pytest.mark.parametrize("field", dataclasses.fields(Settings), ids=lambda it: it.name)
def test_a_setting_is_on_its_page_with_its_values(field: dataclasses.Field[object]) -> None:
    name, default = camel_case(field.name), getattr(Settings(), field.name)
    table = read(DOCS / "settings.md").text
    rows = re.findall(rf"^\| <a id=\S+</a>`{name}` \| (.*?) \|", table, re.MULTILINE)

    assert len(rows) == 1
    if isinstance(default, Enum):
        assert rows[0].startswith(f'`"{default.value}"`')
        assert [it for it in type(default) if f'`"{it.value}"`' not in rows[0]] == []
    elif default != ():
        assert rows[0].startswith(f"`{json.dumps(default)}`")


def test_every_command_has_its_section(told: Help) -> None:
    commands = told.commands()

    assert {"check", "hook", "serve"} <= set(commands)
    assert [it for it in commands if f"\n## {it}\n" not in read(COMMAND_LINE).text] == []


def test_every_option_is_in_its_commands_section(told: Help) -> None:
    page = read(COMMAND_LINE)
    shared = set(_OPTION.findall(page.section(SHARED)))
    there = {it: told.options(it) for it in told.commands()}
    missing = {
        (command, option)
        for command, options in there.items()
        for option in options - shared - set(_OPTION.findall(page.section(command)))
    }

    assert "--fix" in there["check"]
    assert missing == set()


def test_every_option_on_the_page_exists(told: Help) -> None:
    page = read(COMMAND_LINE)
    everywhere = told.options().union(*(told.options(it) for it in told.commands()))
    # How clients say on which channel they talk; no option for people.
    everywhere.add("--stdio")

    assert set(_OPTION.findall(page.text)) - everywhere == set()


def test_every_command_of_the_server_is_on_its_page() -> None:
    text = read(DOCS / "editors" / "others.md").text

    assert [it for it in COMMANDS if f"`{it}`" not in text] == []


def test_every_variable_of_the_environment_is_on_its_page() -> None:
    sources = (ROOT / "livebook_ls" / "livebook").rglob("*.py")
    read_there = {
        name
        for path in sources
        for name in re.findall(r'"(LIVEBOOK_[A-Z_]+)"', path.read_text(encoding="utf-8"))
    }
    table = read(DOCS / "finding-livebook.md").section("Variables of the environment")

    assert "LIVEBOOK_URL" in read_there
    assert [it for it in sorted(read_there) if f"`{it}`" not in table] == []
