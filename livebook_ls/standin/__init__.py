"""A stand-in for Livebook with its recorded contract and faults by switch, for demo and tests."""

from livebook_ls.standin.faults import Faults, Reply
from livebook_ls.standin.server import StandIn
from livebook_ls.standin.sessions import SessionView, Timing
from livebook_ls.standin.settings import Access, Settings

__all__ = ["Access", "Faults", "Reply", "SessionView", "Settings", "StandIn", "Timing"]
