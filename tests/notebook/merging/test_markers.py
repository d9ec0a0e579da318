"""Git's conflict markers, read and written."""

from __future__ import annotations

from livebook_ls.notebook.merging.conflict import Take
from livebook_ls.notebook.merging.lines.markers import MarkedText, read_markers, with_markers
from livebook_ls.notebook.merging.merge import merge
from livebook_ls.notebook.model import Span

MARKED = """\
# T

## S

```elixir
<<<<<<< HEAD
a = 1
||||||| merged common ancestors
a = 0
=======
a = 2
b = 2
>>>>>>> branch
c = 3
```
"""


def read(text: str) -> MarkedText:
    found = read_markers(text)
    assert found is not None
    return found


def test_the_sides_of_a_marked_text() -> None:
    found = read(MARKED)

    assert found.ours == "# T\n\n## S\n\n```elixir\na = 1\nc = 3\n```\n"
    assert found.theirs == "# T\n\n## S\n\n```elixir\na = 2\nb = 2\nc = 3\n```\n"
    assert found.base == "# T\n\n## S\n\n```elixir\na = 0\nc = 3\n```\n"


def test_markers_need_not_tell_the_base() -> None:
    text = MARKED.replace("||||||| merged common ancestors\na = 0\n", "")

    assert read(text).base is None
    assert read(text).theirs == read(MARKED).theirs


def test_places_of_ours_in_the_marked_text() -> None:
    found = read(MARKED)
    for word in ("# T", "a = 1", "c = 3", "a = 1\nc"):
        at = found.ours.index(word)
        span = found.place(Span(at, at + len(word)))
        assert MARKED[slice(*span)].startswith(word[:3])
        assert MARKED[slice(*span)].endswith(word[-1])
    end = found.ours.index("c = 3")
    assert found.place(Span(end, end)) == Span(MARKED.index("c = 3"), MARKED.index("c = 3"))


def test_texts_without_markers_or_with_broken_ones_have_no_sides() -> None:
    for text in (
        "",
        "# T\n",
        "<<<<<<< ours\na\n",
        "<<<<<<< ours\na\n=======\nb\n",
        "=======\n>>>>>>> x\n",
        "<<<<<<<< eight\n=======\n>>>>>>> x\n",
        " <<<<<<< indented\n=======\n>>>>>>> x\n",
    ):
        assert read_markers(text) is None, text


def test_headings_underlined_with_seven_signs_are_no_markers() -> None:
    text = "Heading\n=======\n\n<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n"

    assert read(text).ours == "Heading\n=======\n\na\n"


def test_markers_with_their_line_ends() -> None:
    found = read(MARKED.replace("\n", "\r\n"))

    assert found.ours == read(MARKED).ours.replace("\n", "\r\n")


def test_the_same_fixes_work_on_gits_markers() -> None:
    found = read(MARKED.replace("||||||| merged common ancestors\na = 0\n", ""))
    merged = merge(found.base, found.ours, found.theirs)

    assert [(it.ours, it.theirs) for it in merged.conflicts] == [("a = 1\n", "a = 2\nb = 2\n")]
    assert merged.resolved_all(Take.BOTH).text == (
        "# T\n\n## S\n\n```elixir\na = 1\nc = 3\n```\n\n```elixir\na = 2\nb = 2\nc = 3\n```\n"
    )


def test_what_is_written_with_markers_is_read_as_it_was() -> None:
    for ours, theirs in (("a\nb\n", "a\nc\n"), ("", "a\n"), ("a\n", ""), ("x\n", "a\nx\nb\n")):
        found = read(with_markers(ours, theirs))
        assert (found.ours, found.theirs) == (ours, theirs)


def test_equal_texts_have_no_markers() -> None:
    assert with_markers("a\nb", "a\nb") == "a\nb"


def test_a_last_line_without_end_gets_one_before_a_marker() -> None:
    assert with_markers("a", "b") == "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n"
