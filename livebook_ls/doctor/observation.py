"""What the doctor says: one sentence each, with what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Urgency(Enum):
    """Whether something must be done, might be, or need not."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One thing that was seen; `code` is stable, and docs/messages.md has an entry of that name.

    Neither sentence nor mend holds anything of a notebook's content, nor a token.
    """

    level: Urgency
    code: str
    sentence: str
    mend: str = ""

    def as_json(self) -> dict[str, str]:
        """The same as plain data."""
        return {
            "level": self.level.value,
            "code": self.code,
            "sentence": self.sentence,
            "mend": self.mend,
        }
