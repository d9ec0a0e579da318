"""Whether Livebook has written its form of one text over another, as the file shows.

Livebook and editors write in place, so a file may also hold one write over the start of another.
"""

from __future__ import annotations

from livebook_ls.sync.guarding.notebook_text import NotebookText, form_of


def lies_over(found: NotebookText, wanted: str, before: tuple[str, ...]) -> bool:
    """Whether what was `found` is Livebook's form of something `before`, where `wanted` was saved.

    Never where it may be somebody else's work: the file must be exactly that form, or that form
    and the wanted text one over the other.
    """
    for text in before:
        form, body = form_of(text)
        if found.body in (form, body) or is_mixed(found.text, wanted, form):
            return True
    return False


def is_mixed(seen: str, wanted: str, form: str) -> bool:
    """Whether of two that were written in place one lies over the beginning of the other."""
    is_there, one, other = _bytes(seen), _bytes(wanted), _bytes(form)
    both = (other + one[len(other) :], one + other[len(one) :])
    return is_there in both and is_there not in (one, other)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
