"""The user's settings as the editor gives them: at the start, and again whenever they change."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Mapping
from typing import Any

from lsprotocol import types

from livebook_ls.livebook.finding.addresses import BadAddress, read_address, token_meant_for
from livebook_ls.lsp.client.asking import answered
from livebook_ls.lsp.server import NotebookServer
from livebook_ls.settings import BadSetting, Settings, read_settings

logger = logging.getLogger(__name__)

SECTION = "livebook"
_IS_TRUSTED = "isWorkspaceTrusted"
_FROM_THE_START = {
    "caFile": "ca_file",
    "pathMappings": "path_mappings",
    # What is run on this machine, a workspace must not decide either.
    "startCommand": "start_command",
    "elixirPath": "elixir_path",
    "runCells": "run_cells",
}


def start(server: NotebookServer, options: object) -> None:
    """Take the settings of `initializationOptions`, with or without their section's name."""
    defaults = Settings()
    settings, bad = read_settings(_section(options), defaults)
    if not server.starts_given_command and settings.start_command != defaults.start_command:
        bad = (*bad, BadSetting("startCommand", "given by who starts the server, not on a socket"))
        settings = dataclasses.replace(settings, start_command=defaults.start_command)
    # No setting, but what the client knows of where its settings and files come from.
    server.is_workspace_trusted = _section(options).get(_IS_TRUSTED) is not False
    server.initial_settings = settings
    server.use(settings)
    for problem in bad:
        server.told_settings.add(problem)
        _tell(server, problem)


async def pull(server: NotebookServer) -> None:
    """Ask the client for its settings, where it can say them; one that won't has those it had."""
    if not server.profile.has_configuration:
        return
    item = types.ConfigurationItem(section=SECTION)
    params = types.ConfigurationParams(items=[item])
    answer = await answered(server.workspace_configuration_async(params))
    if answer is not None:
        _lay_over(server, answer[0] if answer else None)


async def change(server: NotebookServer, pushed: object) -> None:
    """Take changed settings: those that the client sent along, else those it says when asked."""
    if _section(pushed):
        _lay_over(server, pushed)
    else:
        await pull(server)


def _lay_over(server: NotebookServer, values: object) -> None:
    """Lay live settings over those of the start.

    Whom notebooks are sent to is taken only from the start: live settings may come from a
    workspace, and a workspace must not decide that.
    """
    given = {name: value for name, value in _section(values).items() if value not in ("", {})}
    initial = server.initial_settings
    settings, bad = read_settings(given, initial)
    problems = list(bad)
    if settings.url != initial.url and not _is_loopback(settings.url):
        problems.append(BadSetting("url", "an address on this machine, or given at the start"))
        settings = dataclasses.replace(settings, url=initial.url)
    if (places := token_meant_for(initial, settings, server.environ)) is not None:
        home = f"; the one from the start is for {' and '.join(places)}" if places else ""
        problems.append(BadSetting("token", f"given together with livebook.url{home}"))
        settings = dataclasses.replace(settings, token="")
    for name, attribute in _FROM_THE_START.items():
        if getattr(settings, attribute) != getattr(initial, attribute):
            problems.append(BadSetting(name, "given at the start, in initializationOptions"))
    settings = dataclasses.replace(
        settings, **{it: getattr(initial, it) for it in _FROM_THE_START.values()}
    )
    had_lenses = server.notebooks.settings.code_lens
    server.use(settings)
    if settings.code_lens is not had_lenses and server.profile.refreshes_lenses:
        server.workspace_code_lens_refresh(None)
    for problem in set(problems) - server.told_settings:
        _tell(server, problem)
    server.told_settings |= set(problems)


def _is_loopback(url: str) -> bool:
    try:
        return read_address(url, "livebook.url").is_loopback
    except BadAddress:
        # It leads nowhere; what is wrong with it is told when it is used.
        return True


def _section(values: object) -> Mapping[str, Any]:
    if not isinstance(values, dict):
        return {}
    inner = values.get(SECTION)
    return inner if isinstance(inner, dict) else values


def _tell(server: NotebookServer, problem: BadSetting) -> None:
    server.window_show_message(
        types.ShowMessageParams(type=types.MessageType.Warning, message=problem.sentence)
    )
