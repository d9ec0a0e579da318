"""How Elixir prints strings, where Livebook's warnings quote the notebook."""

from __future__ import annotations

_LIST_LIMIT = 50
_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\a": "\\a",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\v": "\\v",
    "\f": "\\f",
    "\r": "\\r",
    "\x1b": "\\e",
    "\x7f": "\\d",
    "\0": "\\0",
}


def inspect_string(text: str) -> str:
    """The text as `inspect/1` prints it."""
    escaped = [_escape(character) for character in text]
    return '"' + "".join(escaped).replace("#{", "\\#{") + '"'


def inspect_strings(texts: list[str]) -> str:
    """A list of texts as `inspect/1` prints it, cut where it cuts."""
    shown = [inspect_string(text) for text in texts[:_LIST_LIMIT]]
    if len(texts) > _LIST_LIMIT:
        shown.append("...")
    return "[" + ", ".join(shown) + "]"


def downcase_first(text: str) -> str:
    """The text with a small first letter, unless a capital follows it."""
    second = text[1:2]
    if not second or second != second.lower():
        return text
    return text[0].lower() + text[1:]


def _escape(character: str) -> str:
    known = _ESCAPES.get(character)
    if known is not None:
        return known
    code = ord(character)
    if code < 0x20:
        return f"\\x{code:02X}"
    if 0x80 <= code < 0xA0:
        return f"\\x{{{code:02X}}}"
    return character
