"""A stand-in for Livebook with its recorded contract and faults by switch, for demo and tests."""

from livebook_ls.standin.faults import Faults, Reply
from livebook_ls.standin.server import Settings, StandIn
from livebook_ls.standin.sessions import SessionView, Timing

__all__ = ["Faults", "Reply", "SessionView", "Settings", "StandIn", "Timing"]
