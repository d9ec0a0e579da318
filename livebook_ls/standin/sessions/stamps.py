"""Stamps as Livebook writes them: a signed comment at the end of a notebook.

A stand-in signs with a key of its own, so it verifies only the stamps that it made,
just as a Livebook knows only its own.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
from dataclasses import dataclass

# The token is base64 without padding, so that its length is that of the recorded ones.
_NONCE_BYTES = 30
_STAMP_COMMENT = re.compile(
    rb"<!--[ \t]*livebook:(\{[^\r\n]*\"stamp\"[^\r\n]*\})[ \t]*-->[ \t\r\n]*\Z"
)


@dataclass(frozen=True, slots=True)
class StampedText:
    """A text taken apart: the body before the stamp's comment, and whether the stamp verifies."""

    body: str
    has_stamp: bool
    is_valid: bool


class Stamps:
    """Makes and verifies stamps with one key."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def stamp(self, body: str) -> str:
        """`body` with a fresh stamp after it, as Livebook's export writes it."""
        source = body.encode()
        value = {"offset": len(source), "stamp": {"token": self._token(source), "version": 2}}
        return f"{body}\n<!-- livebook:{json.dumps(value, separators=(',', ':'))} -->\n"

    def take_apart(self, text: str) -> StampedText:
        """The body and the state of the stamp, which counts only where `offset` says it begins."""
        data = text.encode(errors="surrogateescape")
        comment = _STAMP_COMMENT.search(data)
        if comment is None:
            return StampedText(text, has_stamp=False, is_valid=False)
        # Livebook puts one empty line before the comment; the body ends with its own newline.
        body = data[: comment.start()]
        body = body.removesuffix(b"\r\n") if body.endswith(b"\r\n") else body.removesuffix(b"\n")
        return StampedText(
            body.decode(errors="surrogateescape"),
            has_stamp=True,
            is_valid=self._is_valid(data, comment),
        )

    def _is_valid(self, data: bytes, comment: re.Match[bytes]) -> bool:
        offset, token = _offset_and_token(comment.group(1))
        if offset is None or token is None or data[offset:].strip() != comment.group(0).strip():
            return False
        return self._verifies(data[:offset], token)

    def _token(self, source: bytes) -> str:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return "XCP." + _encode(nonce + self._signature(nonce, source))

    def _verifies(self, source: bytes, token: str) -> bool:
        try:
            raw = base64.urlsafe_b64decode(token.removeprefix("XCP."))
        except ValueError:
            return False
        nonce, signature = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
        return hmac.compare_digest(signature, self._signature(nonce, source))

    def _signature(self, nonce: bytes, source: bytes) -> bytes:
        return hmac.digest(self._key, nonce + source, hashlib.sha384)


def _offset_and_token(json_text: bytes) -> tuple[int | None, str | None]:
    try:
        value = json.loads(json_text)
    except ValueError:
        return None, None
    stamp = value.get("stamp")
    offset = value.get("offset")
    # Version 1 was signed in another way, and a later one is none that this Livebook knows.
    is_ours = isinstance(stamp, dict) and stamp.get("version") == 2
    token = stamp.get("token") if is_ours else None
    return (
        offset if isinstance(offset, int) and offset >= 0 else None,
        token if isinstance(token, str) else None,
    )


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
