"""The pages for people: what a session holds, kept up to date, and plain error pages.

Every page says that this is a stand-in; none may pass for Livebook.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from http import HTTPStatus

from livebook_ls.standin.pages import notebook_page
from livebook_ls.standin.sessions.session import SessionView

_REFRESH_S = 1

_STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}"
    "pre{font:14px/1.5 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere;"
    "border:1px solid #8886;border-radius:.5rem;padding:1rem}"
    "header{border-bottom:1px solid #8886;margin-bottom:1.5rem}"
    "small,dt{opacity:.75}dl{display:grid;grid-template-columns:max-content 1fr;gap:0 1rem}"
    "dd{margin:0;overflow-wrap:anywhere}"
)
_NOTICE = (
    "This is livebook-ls's stand-in for Livebook, for demos and tests. "
    "It shows and saves notebooks, and evaluates nothing."
)


def error_page(status: int) -> str:
    """The page for an HTTP error."""
    phrase = HTTPStatus(status).phrase
    return _page(f"{status} – stand-in", f"<h1>{status}</h1><p>{escape(phrase)}</p>")


def home_page(views: Sequence[SessionView], base_path: str) -> str:
    """All sessions, with links."""
    items = "".join(
        f'<li><a href="{escape(base_path)}/sessions/{view.id}">{escape(view.path)}</a></li>'
        for view in views
    )
    listing = f"<ul>{items}</ul>" if items else "<p>No notebook is open.</p>"
    return _page("Stand-in for Livebook", f"<h1>Open notebooks</h1>{listing}", refreshes=True)


def session_page(view: SessionView, live_head: str = "", live_body: str = "") -> str:
    """What one session holds, for people; and beside it, unseen, what programs join it by."""
    title = f"{notebook_page.title(view)} – stand-in"
    return _page(title, notebook_page.body(view) + live_body, head=live_head)


def settings_page() -> str:
    """Where Livebook has the switch for its dev endpoints."""
    text = "The stand-in's dev endpoints are switched by its faults, not here."
    return _page("Settings – stand-in", f"<h1>Settings</h1><p>{text}</p>")


def authenticate_page(base_path: str, secret_name: str) -> str:
    """The form that asks for the token or the password."""
    form = (
        f'<h1>Authenticate</h1><form method="post" action="{escape(base_path)}/authenticate">'
        f'<label>{escape(secret_name.capitalize())} <input type="password" '
        f'name="{escape(secret_name)}"></label> <button>Enter</button></form>'
    )
    return _page("Authenticate – stand-in", form)


def other_application_page() -> str:
    """What some other program on Livebook's port might answer."""
    return "<!DOCTYPE html>\n<title>Another application</title><p>Not Livebook.</p>"


def _page(title: str, body: str, refreshes: bool = False, head: str = "") -> str:
    refresh = f'<meta http-equiv="refresh" content="{_REFRESH_S}">' if refreshes else ""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">{refresh}{head}'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}{notebook_page.STYLE}</style></head>"
        f"<body><header><p><small>{_NOTICE}</small></p></header>{body}</body></html>\n"
    )
