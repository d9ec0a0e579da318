"""What the environment says about reaching Livebook, where no setting says otherwise."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from livebook_ls.livebook.errors import Misconfigured
from livebook_ls.settings import PathMapping, Settings, path_mappings

CA_FILE = "LIVEBOOK_LS_CA_FILE"
PATH_MAPPINGS = "LIVEBOOK_LS_PATH_MAPPINGS"
PORTS = "LIVEBOOK_LS_PORTS"


def filled(settings: Settings, environ: Mapping[str, str]) -> Settings:
    """`settings`, with what they leave open from the environment. May raise Misconfigured."""
    return dataclasses.replace(
        settings,
        ca_file=settings.ca_file or environ.get(CA_FILE, ""),
        path_mappings=settings.path_mappings or _path_mappings(environ.get(PATH_MAPPINGS, "")),
    )


def ports(environ: Mapping[str, str]) -> tuple[int, ...]:
    """The ports to look at in place of the usual ones; may raise Misconfigured."""
    try:
        found = tuple(int(it) for it in environ.get(PORTS, "").split(",") if it.strip())
    except ValueError:
        found = (0,)
    if not all(0 < port < 65536 for port in found):
        raise Misconfigured(f"{PORTS} is no list of ports", "Give it in the form 8080,8090.")
    return found


def _path_mappings(text: str) -> tuple[PathMapping, ...]:
    pairs = [it.partition("=") for it in text.split(";") if it.strip()]
    try:
        return path_mappings({editor.strip(): livebook.strip() for editor, _, livebook in pairs})
    except ValueError:
        raise Misconfigured(
            f"{PATH_MAPPINGS} makes no sense",
            "Give it in the form /home/me/notebooks=/data, several separated by a semicolon.",
        ) from None
