"""Temporary: replaced by the real one."""

from __future__ import annotations

import re
from enum import Enum

from livebook_ls.notebook.model import Span


class Encoding(Enum):
    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


class Source:
    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(m.end() for m in re.finditer(r"\r\n|\r|\n", text))]

    def position(self, offset: int, encoding: Encoding) -> tuple[int, int]:
        import bisect

        line = bisect.bisect_right(self.starts, offset) - 1
        part = self.text[self.starts[line] : offset]
        if encoding is Encoding.UTF16:
            return line, len(part.encode("utf-16-le", "surrogatepass")) // 2
        if encoding is Encoding.UTF8:
            return line, len(part.encode("utf-8", "surrogatepass"))
        return line, len(part)

    def offset(self, line: int, column: int, encoding: Encoding) -> int:
        if line >= len(self.starts):
            return len(self.text)
        start = self.starts[line]
        end = self.starts[line + 1] if line + 1 < len(self.starts) else len(self.text)
        text = self.text[start:end].rstrip("\r\n")
        if encoding is Encoding.UTF16:
            return start + len(
                text.encode("utf-16-le", "surrogatepass")[: column * 2].decode(
                    "utf-16-le", "ignore"
                )
            )
        if encoding is Encoding.UTF8:
            return start + len(text.encode()[:column].decode("utf-8", "ignore"))
        return start + min(column, len(text))

    def replaced(self, span: Span, text: str) -> Source:
        return Source(self.text[: span.start] + text + self.text[span.end :])
