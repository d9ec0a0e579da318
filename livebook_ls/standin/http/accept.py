"""Whether a request accepts a content type, by the rules of Phoenix."""

from __future__ import annotations

from livebook_ls.standin.http.request import Request


def accepts(request: Request, content_type: str) -> bool:
    """Whether `content_type` may be the answer; without the header anything may."""
    header = request.headers.get("accept")
    if header is None:
        return True
    family = content_type.partition("/")[0]
    wanted = {part.partition(";")[0].strip().lower() for part in header.split(",")}
    return bool(wanted & {content_type, f"{family}/*", "*/*"})
