"""The table that `initialize` is answered from, held to what pygls makes of the handlers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from lsprotocol.converters import get_converter
from pygls.capabilities import ServerCapabilitiesBuilder

from livebook_ls.lsp.commands.table import COMMANDS as COMMANDS_BY_NAME
from livebook_ls.lsp.connection.capabilities import COMMANDS, initialize_result
from livebook_ls.lsp.create import create_server, handlers
from livebook_ls.standin.editor import CAPABILITIES

RECORDED = Path(__file__).parents[4] / "shared" / "editors"
CONVERTER = get_converter()


def clients() -> Iterator[Any]:
    """The parameters of `initialize`: of recorded editors where they are at hand, and others."""
    yield pytest.param({"capabilities": {}}, id="nothing")
    yield pytest.param({"capabilities": CAPABILITIES}, id="stand-in editor")
    for order in (["utf-8", "utf-16"], ["utf-32", "utf-16"], ["utf-7"], []):
        offered = {"general": {"positionEncodings": order}}
        yield pytest.param({"capabilities": offered}, id="-".join(["offers", *order]))
    for path in sorted(RECORDED.glob("capabilities-*.json")):
        said = json.loads(path.read_text("utf-8"))
        yield pytest.param(said if "capabilities" in said else {"capabilities": said}, id=path.stem)


@pytest.mark.parametrize("params", list(clients()))
def test_the_table_is_what_pygls_builds_of_the_handlers(params: dict[str, Any]) -> None:
    assert initialize_result(params)["capabilities"] == built(params)


@pytest.mark.parametrize("params", list(clients()))
def test_the_answer_is_one_of_the_protocol(params: dict[str, Any]) -> None:
    result = initialize_result(params)

    structured = CONVERTER.structure(result, types.InitializeResult)
    assert CONVERTER.unstructure(structured) == result


def test_every_command_is_offered_and_every_offer_kept() -> None:
    assert tuple(COMMANDS_BY_NAME) == COMMANDS


def built(params: dict[str, Any]) -> Any:
    """The capabilities by pygls' own builder, with the options of our handlers."""
    abilities = CONVERTER.structure(params["capabilities"], types.ClientCapabilities)
    features = create_server({}).protocol.fm
    options = {method: given for method, _, given in handlers() if given is not None}
    is_helix = (params.get("clientInfo") or {}).get("name") == "helix"
    kinds = types.TextDocumentSyncKind
    built = ServerCapabilitiesBuilder(
        abilities,
        {*features.features, *features.builtin_features},
        options,
        list(features.commands),
        kinds.Full if is_helix else kinds.Incremental,
        None,
        ServerCapabilitiesBuilder.choose_position_encoding(abilities),
    ).build()  # type: ignore[no-untyped-call]
    return CONVERTER.unstructure(built)
