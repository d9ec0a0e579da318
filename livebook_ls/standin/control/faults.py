"""What can be made to go wrong, switched at run time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import Enum


class Reply(Enum):
    """What comes back instead of the right answer."""

    RIGHT = "right"
    HANG = "hang"
    RESET = "reset"
    ERROR_500 = "500"
    HTML = "html"
    GARBAGE = "garbage"
    WRONG_JSON = "wrong_json"
    HUGE = "huge"
    EMPTY = "empty"
    REDIRECT = "redirect"
    WRONG_TYPE = "wrong_type"


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """The faults in force; the default has none.

    `reply` and `delay_s` strike the paths that begin with `under`, `times` of them (None: all).
    `open_answers` replaces the path that an open answers.
    `page_lacks` is an attribute that sessions' pages have by another name; joins may be refused as
    stale, and questions about code stay without an answer.
    """

    is_off: bool = False
    is_too_old: bool = False
    is_another_application: bool = False
    open_answers: str | None = None
    reply: Reply = Reply.RIGHT
    delay_s: float = 0.0
    under: str = "/dev/"
    page_lacks: str | None = None
    is_join_stale: bool = False
    is_intellisense_silent: bool = False
    times: int | None = None


def from_json(value: object) -> Faults:
    """The faults that a JSON object names; `ValueError` says what is wrong with it."""
    if not isinstance(value, Mapping):
        raise ValueError("a JSON object of faults is expected")
    known = {field.name for field in fields(Faults)}
    unknown = sorted(str(key) for key in value if key not in known)
    if unknown:
        raise ValueError(f"unknown faults: {', '.join(unknown)}; known: {', '.join(sorted(known))}")
    named = dict(value)
    if "reply" in named:
        named["reply"] = Reply(named["reply"])
    return replace(Faults(), **named)


def to_json(faults: Faults) -> dict[str, object]:
    """The faults as a JSON object that `from_json` reads."""
    values = {field.name: getattr(faults, field.name) for field in fields(Faults)}
    return values | {"reply": faults.reply.value}
