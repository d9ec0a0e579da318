"""The files for editors that no test here can start: that they can be read, and fit together."""

from __future__ import annotations

import json
import tomllib

import livebook_ls
from livebook_ls.settings import Settings, read_settings
from tests.support.places import ROOT

ZED = ROOT / "editors" / "zed"


def test_zed_starts_the_server_for_what_its_settings_make_of_notebooks() -> None:
    extension = tomllib.loads((ZED / "extension.toml").read_text(encoding="utf-8"))
    cargo = tomllib.loads((ZED / "Cargo.toml").read_text(encoding="utf-8"))
    settings = json.loads((ZED / "settings.json").read_text(encoding="utf-8"))
    (server,) = extension["language_servers"]
    (language,) = extension["language_servers"][server]["languages"]
    options = settings["lsp"][server]["initialization_options"]

    assert settings["file_types"][language] == ["livemd"]
    assert read_settings(options, Settings())[1] == ()
    assert extension["version"] == cargo["package"]["version"] == livebook_ls.__version__
