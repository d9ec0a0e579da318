"""What IPython adds to Python: lines that Python can't read become comments, or are shown only."""

from __future__ import annotations

import re

_CELL_MAGIC = re.compile(r"\s*%%(?P<name>[a-zA-Z]\w*)")
# Of these the cell is in another language; under the others it is Python still.
_LANGUAGES = {
    **dict.fromkeys(("bash", "sh", "script", "system", "cmd"), "bash"),
    "html": "html",
    "svg": "xml",
    "javascript": "javascript",
    "js": "javascript",
    "latex": "latex",
    "sql": "sql",
    "markdown": "markdown",
    "r": "r",
    "R": "r",
    **{it: it for it in ("perl", "ruby", "cython", "julia")},
    "writefile": "text",
    "file": "text",
}
_LINE = re.compile(r"^(?:[ \t]*!|%{1,2}[a-zA-Z]|[ \t]*%(?:pip|conda|matplotlib)\b)")
_HELP = re.compile(r"^\s*(?:\?{1,2}[\w.*]+|[\w.*]+\?{1,2})\s*$")
_PIP = re.compile(r"^\s*[!%]\s*pip3?\s+install\s+(?P<what>.+)$")
_PACKAGE = re.compile(r"[A-Za-z][\w.-]*(?:\[[\w,-]+\])?(?:[=<>~!]=?[\w.*]+)?\Z")


def shown_language(source: str) -> str | None:
    """The language of a cell that a magic makes no Python; None for Python."""
    found = _CELL_MAGIC.match(source)
    return _LANGUAGES.get(found["name"]) if found else None


def as_python(source: str, packages: list[str]) -> str:
    """The source with IPython's own lines as comments; what they install is added to `packages`."""
    lines = source.split("\n")
    for number, line in enumerate(lines):
        if _LINE.match(line) or _HELP.match(line):
            installs = _PIP.match(line)
            if installs:
                packages += [it for it in installs["what"].split() if _PACKAGE.match(it)]
            indent = line[: len(line) - len(line.lstrip())]
            lines[number] = f"{indent}# {line.strip()}"
    return "\n".join(lines)
