"""What goes back: status, content type, body; and the few kinds that Livebook sends."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape

JSON_TYPE = "application/json; charset=utf-8"
HTML_TYPE = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One answer, and what is to follow `then`, once it was sent."""

    status: int
    content_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    then: Callable[[], None] | None = None


def json_response(status: int, value: Mapping[str, object]) -> Response:
    """JSON in the form that Livebook writes: keys sorted, no spaces."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return Response(status=status, content_type=JSON_TYPE, body=text.encode())


def error_response(status: int, message: str) -> Response:
    """An error that Livebook knows and puts into words."""
    return json_response(status, {"status": "error", "message": message})


def html_response(status: int, html: str) -> Response:
    """A page."""
    return Response(status=status, content_type=HTML_TYPE, body=html.encode())


def redirect(location: str, headers: Mapping[str, str] | None = None) -> Response:
    """A redirect, with the little page that Livebook sends along."""
    html = f'<html><body>You are being <a href="{escape(location)}">redirected</a>.</body></html>'
    return Response(
        status=302,
        content_type=HTML_TYPE,
        body=html.encode(),
        headers={"location": location, **(headers or {})},
    )
