"""A request as Livebook's parsers see it: method, path, query and body parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import HTTP
from typing import NoReturn, TypeAlias
from urllib.parse import parse_qsl, urlsplit

Parameters: TypeAlias = Mapping[str, object]

# Plug's limits; beyond them it answers 413 without reading on.
_LIMITS_BYTES = {"application/x-www-form-urlencoded": 1_000_000}
LIMIT_BYTES = 8_000_000

_METHODS_WITH_BODY = ("POST", "PUT", "PATCH", "DELETE")
_OVERRIDES = ("PUT", "PATCH", "DELETE")


class MalformedError(Exception):
    """The body or the query can't be parsed: 400, whatever it was for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    query: Parameters
    body: Parameters

    @property
    def parameters(self) -> Parameters:
        """Query and body together; the body wins."""
        return {**self.query, **self.body}


def limit_bytes(headers: Mapping[str, str]) -> int:
    """How long a body of this content type may be."""
    return _LIMITS_BYTES.get(_content_type(headers), LIMIT_BYTES)


def parse_request(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Request:
    """The request that these bytes make; raises `MalformedError`."""
    parts = urlsplit(target)
    values = _parse_body(headers, body) if method in _METHODS_WITH_BODY else {}
    return Request(
        method=_overridden(method, values),
        path=parts.path,
        headers=headers,
        query=_parse_pairs(parts.query),
        body=values,
    )


def _overridden(method: str, body: Parameters) -> str:
    named = body.get("_method")
    if method == "POST" and isinstance(named, str) and named.upper() in _OVERRIDES:
        return named.upper()
    return "GET" if method == "HEAD" else method


def _content_type(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _parse_body(headers: Mapping[str, str], body: bytes) -> Parameters:
    kind = _content_type(headers)
    if kind == "application/x-www-form-urlencoded":
        return _parse_pairs(body.decode("latin-1"))
    if kind == "multipart/form-data":
        return _parse_multipart(headers["content-type"], body)
    if kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json")):
        return _parse_json(body)
    return {}


def _parse_pairs(text: str) -> Parameters:
    try:
        return dict(parse_qsl(text, keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError as error:
        raise MalformedError from error


def _parse_json(body: bytes) -> Parameters:
    if not body:
        return {}
    try:
        value = json.loads(body.decode(), parse_constant=_refuse)
        # Python reads a lone surrogate from its escape; Livebook's reader refuses it.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise MalformedError from error
    return value if isinstance(value, dict) else {"_json": value}


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _parse_multipart(content_type: str, body: bytes) -> Parameters:
    head = f"content-type: {content_type}\r\n\r\n".encode()
    message = message_from_bytes(head + body, policy=HTTP)
    values: dict[str, object] = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(payload, bytes) and part.get_filename() is None:
            values[name] = payload.decode(errors="replace")
    return values
