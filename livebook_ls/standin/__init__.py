"""A stand-in for Livebook with its recorded contract and faults by switch, for demo and tests."""

from livebook_ls.standin.control.faults import Faults, Reply
from livebook_ls.standin.server import StandIn
from livebook_ls.standin.sessions.moments import Moment
from livebook_ls.standin.sessions.session import SessionView, Timing
from livebook_ls.standin.settings import Access, Settings

__all__ = ["Access", "Faults", "Moment", "Reply", "SessionView", "Settings", "StandIn", "Timing"]
