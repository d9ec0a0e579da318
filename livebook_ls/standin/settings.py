"""How a stand-in is started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from livebook_ls.standin.sessions.session import Timing


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How this Livebook is reached: its base path, and the secret that its pages ask for."""

    base_path: str = ""
    token: str | None = None
    password: str | None = None

    @property
    def secret(self) -> str | None:
        """What a browser must know to see pages; None means nothing."""
        return self.password or self.token


@dataclass(frozen=True, slots=True, kw_only=True)
class StandInSettings:
    """Port 0 is any free one."""

    host: str = "127.0.0.1"
    port: int = 0
    access: Access = field(default_factory=Access)
    timing: Timing = field(default_factory=Timing)


def access_from_json(value: object) -> Access:
    """The access that a JSON object names; `TypeError` where it names anything else."""
    if not isinstance(value, Mapping) or not all(isinstance(each, str) for each in value.values()):
        raise TypeError("an object of texts is expected")
    return Access(**value)
