"""Whether VS Code, or one of its kin, shows notebooks in another editor than its own.

An extension may bring an editor for `.livemd` files (code-livebook does); a language server never
hears of what is shown there.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from livebook_ls import bounded_json
from livebook_ls.doctor.observation import Observation, Urgency
from livebook_ls.sync.disk import regular_file

# Name, folder of settings, folder of extensions in the home.
_PRODUCTS = (
    ("VS Code", "Code", ".vscode"),
    ("VS Code Insiders", "Code - Insiders", ".vscode-insiders"),
    ("Code - OSS", "Code - OSS", ".vscode-oss"),
    ("VSCodium", "VSCodium", ".vscode-oss"),
    ("Cursor", "Cursor", ".cursor"),
    ("Windsurf", "Windsurf", ".windsurf"),
)
_SERVERS = (
    ("VS Code's server", ".vscode-server/data/Machine", ".vscode-server"),
    ("VSCodium's server", ".vscodium-server/data/Machine", ".vscodium-server"),
    ("Cursor's server", ".cursor-server/data/Machine", ".cursor-server"),
    ("code-server", ".local/share/code-server/User", ".local/share/code-server"),
)
_ASSOCIATIONS = "workbench.editorAssociations"
_MEND = f'Set "{_ASSOCIATIONS}": {{"*.livemd": "default"}} in its settings.'
_NOTEBOOK = "notebook.livemd"
_COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\r\n]*|/\*.*?\*/', re.DOTALL)
_LAST_COMMA = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])')


@dataclass(frozen=True, slots=True)
class Installation:
    """One editor of the family: where its user's settings and its extensions are."""

    name: str
    settings: Path
    extensions: Path


def of_editors(environ: Mapping[str, str]) -> Iterator[Observation]:
    """One observation for each editor in which notebooks are not shown as text."""
    for installation in installations(environ, sys.platform):
        if observation := _of_installation(installation):
            yield observation


def installations(environ: Mapping[str, str], platform: str) -> Iterator[Installation]:
    """Every place where such an editor may have settings, on the system that `platform` names."""
    home = Path(environ.get("USERPROFILE" if platform == "win32" else "HOME") or Path.home())
    if platform == "win32":
        configuration = Path(environ.get("APPDATA") or home / "AppData" / "Roaming")
    elif platform == "darwin":
        configuration = home / "Library" / "Application Support"
    else:
        configuration = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    for name, folder, extensions in _PRODUCTS:
        settings = configuration / folder / "User" / "settings.json"
        yield Installation(name, settings, home / extensions / "extensions")
    for name, folder, extensions in _SERVERS:
        yield Installation(name, home / folder / "settings.json", home / extensions / "extensions")


def _of_installation(installation: Installation) -> Observation | None:
    chosen = _chosen(_read(installation.settings))
    if chosen == "default":
        return None
    if chosen is not None:
        return Observation(
            level=Urgency.WARNING,
            code="editor-association",
            sentence=f"{installation.name} is set to show notebooks in the editor “{chosen}”, "
            "where livebook-ls never hears of them.",
            mend=_MEND,
        )
    taker = next(_takers(installation.extensions), None)
    if taker is None:
        return None
    return Observation(
        level=Urgency.WARNING,
        code="editor-association",
        sentence=f"The extension {taker} makes {installation.name} show notebooks in an editor of "
        "its own, where livebook-ls never hears of them.",
        mend=_MEND,
    )


def _chosen(settings: object) -> str | None:
    """The editor that the settings name for notebooks, also in the form of older versions."""
    found = settings.get(_ASSOCIATIONS) if isinstance(settings, dict) else None
    if isinstance(found, list):
        pairs = [(it.get("filenamePattern"), it.get("viewType")) for it in found if _is_dict(it)]
    else:
        pairs = list(found.items()) if isinstance(found, dict) else []
    return next((str(view) for pattern, view in pairs if _is_of_notebooks(pattern)), None)


def _takers(extensions: Path) -> Iterator[str]:
    """The extensions that take notebooks for an editor of their own without being asked."""
    for manifest in sorted(extensions.glob("*/package.json")):
        described = _read(manifest)
        contributes = described.get("contributes") if isinstance(described, dict) else None
        editors = contributes.get("customEditors") if isinstance(contributes, dict) else None
        for editor in editors if isinstance(editors, list) else []:
            if _is_dict(editor) and editor.get("priority") != "option":
                selectors = editor.get("selector") or []
                if any(_is_of_notebooks(it.get("filenamePattern")) for it in selectors):
                    yield manifest.parent.name
                    break


def _is_of_notebooks(pattern: object) -> bool:
    return isinstance(pattern, str) and fnmatch(_NOTEBOOK, pattern.rpartition("/")[2].lower())


def _is_dict(value: object) -> bool:
    return isinstance(value, dict)


def _read(file: Path) -> Any:  # noqa: ANN401 — JSON of any shape
    """A file of JSON with comments and last commas; None where it is not there, or is none."""
    try:
        text = regular_file.read(str(file)).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    for left_out in (_COMMENT, _LAST_COMMA):
        text = left_out.sub(lambda found: found[1] or "", text)
    try:
        return bounded_json.decoded(text)
    except ValueError:
        return None
