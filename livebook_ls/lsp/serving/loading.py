"""All that a server consists of, loaded in steps, with a look between them at what came meanwhile.

The order is that of need: what reads notebooks comes first, since an outline needs nothing else.
"""

from __future__ import annotations

from importlib import import_module

from livebook_ls.lsp.serving.first_answer import read_message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from livebook_ls.lsp.serving.first_answer import Beginning
    from livebook_ls.lsp.serving.inbox import Inbox
    from livebook_ls.lsp.serving.outbox import Outbox

# None of them takes so long that a person would notice.
_STEPS = (
    "asyncio",
    "pygls.lsp.server",
    "livebook_ls.lsp.connection.protocol",
    "livebook_ls.sync.notebooks",
    "livebook_ls.running.runner",
    "livebook_ls.lsp.server",
    "livebook_ls.lsp.serving.pipe",
)


def load_server(beginning: Beginning, inbox: Inbox, outbox: Outbox) -> None:
    """Load all modules; `beginning` learns what was answered between them.

    Only where `initialize` was answered: else it is the server that must hear it first.
    """
    if not beginning.answered:
        _load_types()
        return
    from livebook_ls.lsp.serving.first_outline import FirstOutlines

    outlines = FirstOutlines(read_message(beginning.message)["params"], beginning, outbox.write)
    outlines.look(inbox.unseen())
    _load_types()
    for name in _STEPS:
        outlines.look(inbox.unseen())
        import_module(name)
    outlines.look(inbox.unseen())


def _load_types() -> None:
    """Before whatever would load them in its own way."""
    from livebook_ls.lsp.connection import types_on_demand

    types_on_demand.load()
