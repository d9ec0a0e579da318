"""Where nothing can be kept, a command says once why, where, and what to do about it."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest

from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.keeping.version_files import VersionOrigin
from tests.support.command import run


@pytest.fixture
def is_no_folder(tmp_path: Path) -> Path:
    file = tmp_path / "state"
    file.write_text("in the way", encoding="utf-8")
    return file


@pytest.mark.fault(
    "ourselves",
    "the state folder is no folder",
    during="`open`, `sync` or `run`",
    shows="once, that nothing is kept, with the system's reason, the folder, and what to do",
    recovers="with the next command, once the folder can be written",
)
@pytest.mark.usefixtures("livebook")
@pytest.mark.parametrize("command", ["open", "sync", "run"])
def test_a_command_says_once_why_nothing_is_kept_and_what_to_do(
    notebook: Path, environ: dict[str, str], is_no_folder: Path, command: str
) -> None:
    # `sync` opens none.
    run("open", notebook, environ=environ)
    done = run(command, notebook, environ=environ | {"XDG_STATE_HOME": str(is_no_folder)})
    told = [it for it in done.stderr.splitlines() if "kept" in it]

    assert done.returncode == 0
    assert len(told) == 1, done.stderr
    assert str(is_no_folder / "livebook-ls") in told[0]
    assert "file exists" in told[0]
    assert "Error" not in done.stderr
    if sys.platform == "linux":
        assert "XDG_STATE_HOME" in told[0]


def test_another_reason_is_told_as_well(
    is_no_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = StateFolder({"XDG_STATE_HOME": str(is_no_folder)})
    kept = KeptTexts(folder)
    with caplog.at_level(logging.WARNING):
        for text in ("one\n", "two\n"):
            kept.keep("/n.livemd", text, VersionOrigin.SAVED)
            kept.share("/n.livemd", text, None)
        is_no_folder.unlink()
        kept.keep("/n.livemd", "three\n", VersionOrigin.SAVED)
        (folder.of("/n.livemd") / "common.json").mkdir()
        kept.share("/n.livemd", "three\n", None)

    assert len(caplog.records) == 2
    assert "one" not in caplog.text
