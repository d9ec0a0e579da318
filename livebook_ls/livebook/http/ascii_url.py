"""Addresses as they go out: in ASCII, whatever a user wrote."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

# What stands for itself behind the host (RFC 3986), and `%`, by which the rest is escaped already.
_PLAIN = "/?%!$&'()*+,;=:@~"


def ascii_url(url: str) -> str:
    """`url` with its host as name servers know it, and the rest escaped where it needs to be; as it
    is where its host is no name at all.
    """
    if url.isascii() and url.isprintable() and " " not in url:
        return url
    parts = urlsplit(url)
    host, colon, port = parts.netloc.rpartition(":") if parts.port else (parts.netloc, "", "")
    try:
        netloc = f"{host.encode('idna').decode('ascii')}{colon}{port}"
    except UnicodeError:
        return url
    query = f"?{quote(parts.query, safe=_PLAIN)}" if parts.query else ""
    return f"{parts.scheme}://{netloc}{quote(parts.path, safe=_PLAIN)}{query}"
