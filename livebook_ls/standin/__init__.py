"""A stand-in for Livebook with its recorded contract and faults by switch, for demo and tests."""

from livebook_ls.standin.control.faults import Faults, Reply
from livebook_ls.standin.server import StandIn
from livebook_ls.standin.sessions.hold_points import HoldPoint
from livebook_ls.standin.sessions.session import SessionView, Timing
from livebook_ls.standin.settings import Access, StandInSettings

__all__ = [
    "Access",
    "Faults",
    "HoldPoint",
    "Reply",
    "SessionView",
    "StandIn",
    "StandInSettings",
    "Timing",
]
