"""An agent's user: with the stand-in as their Livebook, and a cache of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import clean_environ


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    return home


@pytest.fixture
def offline(home: Path) -> dict[str, str]:
    """The environment of a user who runs no Livebook: nobody listens on port 9."""
    own = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "LOCALAPPDATA": str(home)}
    environ = clean_environ() | own | {"LIVEBOOK_URL": "http://127.0.0.1:9"}
    environ.pop("CLAUDE_PROJECT_DIR", None)
    return environ


@pytest.fixture
def agent(offline: dict[str, str], environ: dict[str, str]) -> dict[str, str]:
    """The environment of an agent whose user runs a Livebook."""
    return offline | {"LIVEBOOK_URL": environ["LIVEBOOK_URL"]}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    project.mkdir()
    return project


@pytest.fixture
def note(project: Path) -> Path:
    path = project / "note.livemd"
    path.write_text("# Note\n\n## Section\n\n```elixir\n1 + 1\n```\n", encoding="utf-8")
    return path
