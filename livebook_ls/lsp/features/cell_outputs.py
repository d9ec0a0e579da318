"""Outputs of a cell as a whole: as Markdown for a hover, as a plain text with its colours.

Outputs are data: nothing of them is rendered but images that came as such.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from livebook_ls.livebook.live.outputs import (
    BrowserOutput,
    CellOutput,
    ImageOutput,
    LayoutOutput,
    StyledSpan,
    TextOutput,
)
from livebook_ls.lsp.documents.shown_cells import ShownCell
from livebook_ls.running.wording import IS_CUT, browser_in_words, image_in_words, provenance

_HOVER_LINES = 60
_HOVER_CHARACTERS = 8_000
# VS Code cuts a hover at 100,000 characters, in the middle of an image.
_HOVER_IMAGE_BYTES = 60_000
_ALL_OF_IT = "… all of it: **Show the output**"
NOTHING = "This cell has given nothing yet."
_SAFE_IMAGE = re.compile(r"image/(?:png|jpeg|gif|webp)\Z")


@dataclass(slots=True)
class OutputText:
    """All that a cell gave, as one text; `styles` are its stretches that have a look."""

    text: str = ""
    styles: list[StyledSpan] = field(default_factory=list)
    images: list[ImageOutput] = field(default_factory=list)

    def add(self, text: str, spans: tuple[StyledSpan, ...] = ()) -> None:
        """Put a text below what is there, as a paragraph of its own lines."""
        at = len(self.text)
        self.styles += [StyledSpan(it.start + at, it.end + at, it.style) for it in spans]
        self.text += text if text.endswith("\n") else f"{text}\n"


def output_markdown(cell: ShownCell, url: str | None, *, has_images: bool) -> str:
    """What a cell gave, as Markdown of bounded length; `url` leads to what only a browser shows."""
    parts = [f"**{cell.words}**"]
    if before := provenance(cell.view):
        parts.append(f"*{before.rstrip(': ')}*")
    room = _HOVER_CHARACTERS
    for output in _flat(cell.view.outputs or ()):
        if room <= 0:
            parts.append(_ALL_OF_IT)
            break
        part = _markdown(output, url, room, has_images=has_images)
        room -= min(len(part), room) if isinstance(output, TextOutput) else 0
        parts.append(part)
    return "\n\n".join(parts)


def output_text(cell: ShownCell, url: str | None) -> OutputText:
    """All that a cell gave, as text; the token of `url` is not shown in it."""
    whole = OutputText()
    place = f": {url.partition('?')[0]}" if url else ""
    if before := provenance(cell.view):
        whole.add(f"({before.rstrip(': ')})\n")
    for output in _flat(cell.view.outputs or ()):
        match output:
            case TextOutput():
                if output.heading:
                    whole.add(output.heading)
                if output.is_cut:
                    whole.add(IS_CUT)
                whole.add(output.text, output.spans)
            case ImageOutput():
                whole.images.append(output)
                whole.add(f"[{image_in_words(output)}]")
            case BrowserOutput():
                whole.add(f"[{browser_in_words(output)}{place}]")
    if not whole.text:
        whole.add(NOTHING)
    return whole


def _flat(outputs: tuple[CellOutput, ...]) -> Iterator[TextOutput | ImageOutput | BrowserOutput]:
    for output in outputs:
        if isinstance(output, LayoutOutput):
            yield from _flat(output.outputs)
        else:
            yield output


def _markdown(
    output: TextOutput | ImageOutput | BrowserOutput,
    url: str | None,
    room: int,
    *,
    has_images: bool,
) -> str:
    match output:
        case TextOutput():
            heading = f"{output.heading}\n" if output.heading else ""
            return _fenced(f"{heading}{output.text}", room)
        case ImageOutput():
            return _image(output, has_images=has_images)
        case BrowserOutput():
            words = _escaped(browser_in_words(output))
            return f"{words}: [open in the browser]({url})" if url else words


def _image(image: ImageOutput, *, has_images: bool) -> str:
    words = image_in_words(image)
    is_shown = (
        has_images
        and _SAFE_IMAGE.match(image.media_type)
        and 0 < len(image.content) <= _HOVER_IMAGE_BYTES
    )
    if not is_shown:
        return words
    data = base64.b64encode(image.content).decode("ascii")
    return f"![{words}](data:{image.media_type};base64,{data})"


def _fenced(text: str, room: int) -> str:
    lines = text.removesuffix("\n").split("\n")
    shown = "\n".join(lines[:_HOVER_LINES])[:room]
    is_cut = len(shown) < len(text.removesuffix("\n"))
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    more = f"\n\n{_ALL_OF_IT}" if is_cut else ""
    return f"{fence}text\n{shown}\n{fence}{more}"


def _escaped(words: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>()#+.!|~-])", r"\\\1", words)
