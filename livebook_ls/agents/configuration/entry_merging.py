"""Our entries in and out of an agent's configuration, with everything else left as it is."""

from __future__ import annotations

import copy

from livebook_ls.agents.configuration import entries
from livebook_ls.agents.configuration.entries import Json
from livebook_ls.agents.payloads.payload import Agent


class RefusedError(Exception):
    """The configuration is of a form that we don't dare to change; the text says why."""


def with_hook(configuration: Json, agent: Agent, command: str) -> Json:
    """The configuration with our entries in it, the same where they are there already."""
    wanted = {it.event: entries.group(agent, it, command) for it in entries.entries(agent)}
    if _ours(configuration) == wanted:
        return configuration
    new = without_hook(configuration)
    if agent is Agent.CURSOR and "version" not in new:
        new = {"version": 1} | new
    hooks = new.setdefault("hooks", {})
    if not isinstance(hooks, dict):
        raise RefusedError("its “hooks” is no object")
    for event, group in wanted.items():
        groups = hooks.setdefault(event, [])
        if not isinstance(groups, list):
            raise RefusedError(f"its “hooks.{event}” is no list")
        groups.append(group)
    return new


def without_hook(configuration: Json) -> Json:
    """The configuration without our entries, and without what only they needed."""
    new = copy.deepcopy(configuration)
    hooks = new.get("hooks")
    if not isinstance(hooks, dict):
        return new
    for event, groups in list(hooks.items()):
        if not isinstance(groups, list):
            continue
        kept = [left for it in groups if (left := _without_ours(it)) is not None]
        if len(kept) == len(groups) and kept == groups:
            continue
        if kept:
            hooks[event] = kept
        else:
            del hooks[event]
    if not hooks and configuration.get("hooks"):
        del new["hooks"]
    return new


def _without_ours(group: object) -> object:
    """The group without our handlers; None where nothing else was in it."""
    if entries.is_ours(group):
        return None
    handlers = group.get("hooks") if isinstance(group, dict) else None
    if not isinstance(group, dict) or not isinstance(handlers, list):
        return group
    kept = [it for it in handlers if not entries.is_ours(it)]
    if len(kept) == len(handlers):
        return group
    return group | {"hooks": kept} if kept else None


def _ours(configuration: Json) -> dict[str, object]:
    """The groups with nothing but our handlers, by event; the last of several."""
    hooks = configuration.get("hooks")
    found: dict[str, object] = {}
    for event, groups in hooks.items() if isinstance(hooks, dict) else ():
        for group in groups if isinstance(groups, list) else ():
            if _without_ours(group) is None:
                # Twice the same event is never what we wrote.
                found[event] = None if event in found else group
            elif _without_ours(group) != group:
                found[event] = None
    return found
