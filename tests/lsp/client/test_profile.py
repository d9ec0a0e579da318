"""What a client can do, and how long it waits, read from how it introduces itself."""

from __future__ import annotations

import pytest

from livebook_ls.lsp.client.profile import read_profile


@pytest.mark.fault(
    "editor",
    "the editor waits shortly before a save",
    during="Livebook is slow",
    shows="nothing: the save goes on as it is",
    recovers="with the next save",
)
@pytest.mark.parametrize(("name", "waits_s"), [("Eglot", 0.5), ("Neovim", 1.0),
                                               ("Visual Studio Code", 1.5)])  # fmt: skip
def test_an_answer_before_a_save_comes_while_the_client_still_waits(
    name: str, waits_s: float
) -> None:
    assert (
        read_profile({"capabilities": {}, "clientInfo": {"name": name}}).save_patience_s < waits_s
    )


@pytest.mark.parametrize("said", [{}, {"additionalPropertiesSupport": True}])
def test_an_ability_without_further_words_is_one(said: dict[str, bool]) -> None:
    capabilities = {"window": {"showMessage": {"messageActionItem": said}}}

    assert read_profile({"capabilities": capabilities}).has_message_buttons


@pytest.mark.parametrize(
    "odd", [None, [], "text", 1, {"window": 1}, {"general": []}, {"textDocument": {"hover": "x"}}]
)
def test_abilities_in_a_form_that_nobody_knows_are_none(odd: object) -> None:
    assert read_profile({"capabilities": odd}) == read_profile({"capabilities": {}})
