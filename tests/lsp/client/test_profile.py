"""What a client can do, and how long it waits, read from how it introduces itself."""

from __future__ import annotations

import pytest
from lsprotocol import types

from livebook_ls.lsp.client.profile import read_profile


@pytest.mark.parametrize(("name", "waits_s"), [("Eglot", 0.5), ("Neovim", 1.0),
                                               ("Visual Studio Code", 1.5)])  # fmt: skip
def test_an_answer_before_a_save_comes_while_the_client_still_waits(
    name: str, waits_s: float
) -> None:
    params = types.InitializeParams(
        capabilities=types.ClientCapabilities(), client_info=types.ClientInfo(name=name)
    )

    assert read_profile(params).save_patience_s < waits_s
