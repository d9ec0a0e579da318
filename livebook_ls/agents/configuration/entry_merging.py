"""Our entries in and out of an agent's configuration, with everything else left as it is."""

from __future__ import annotations

import copy

from livebook_ls.agents.configuration import entries
from livebook_ls.agents.configuration.entries import Json
from livebook_ls.agents.payloads.payload import Agent


class RefusedError(Exception):
    """The configuration is of a form that we don't dare to change; the text says why."""


def with_hook(configuration: Json, agent: Agent, command: str) -> Json:
    """The configuration with our entries in it, the same where they are there already.

    Where the user has a command of their own that runs the hook, it stays in our place.
    """
    theirs = wrapped_at(configuration)
    wanted = {
        it.event: entries.group(agent, it, command)
        for it in entries.entries(agent)
        if it.event not in theirs
    }
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
        kept = [_without_ours(it) for it in groups if not _is_only_ours(it)]
        if len(kept) == len(groups) and kept == groups:
            continue
        if kept:
            hooks[event] = kept
        else:
            del hooks[event]
    if not hooks and configuration.get("hooks"):
        del new["hooks"]
    return new


def wrapped_at(configuration: Json) -> tuple[str, ...]:
    """The events at which a command of the user's own runs our hook."""
    hooks = configuration.get("hooks")
    found = [
        event
        for event, groups in (hooks.items() if isinstance(hooks, dict) else ())
        for group in (groups if isinstance(groups, list) else ())
        if any(entries.runs_ours(it) for it in (group, *_handlers(group)))
    ]
    return tuple(dict.fromkeys(found))


def _handlers(group: object) -> list[object]:
    handlers = group.get("hooks") if isinstance(group, dict) else None
    return handlers if isinstance(handlers, list) else []


def _is_only_ours(group: object) -> bool:
    """Whether nothing but our handlers is in the group."""
    handlers = _handlers(group)
    return entries.is_ours(group) or (bool(handlers) and all(map(entries.is_ours, handlers)))


def _without_ours(group: object) -> object:
    """The group without our handlers; the same where none is in it."""
    handlers = _handlers(group)
    kept = [it for it in handlers if not entries.is_ours(it)]
    if len(kept) == len(handlers) or not isinstance(group, dict):
        return group
    return group | {"hooks": kept}


def _ours(configuration: Json) -> dict[str, object]:
    """The groups with nothing but our handlers, by event; the last of several."""
    hooks = configuration.get("hooks")
    found: dict[str, object] = {}
    for event, groups in hooks.items() if isinstance(hooks, dict) else ():
        for group in groups if isinstance(groups, list) else ():
            if _is_only_ours(group):
                # Twice the same event is never what we wrote.
                found[event] = None if event in found else group
            elif _without_ours(group) != group:
                found[event] = None
    return found
