"""States and results of cells in the few words that fit beside them, for every front. Pure.

Outputs are data. What is taken of them here is text without control characters, cut to what fits.
"""

from __future__ import annotations

from collections.abc import Iterator

from livebook_ls.livebook.live.outputs import (
    BrowserKind,
    BrowserOutput,
    CellOutput,
    ImageOutput,
    LayoutOutput,
    TextKind,
    TextOutput,
    shown_text,
)
from livebook_ls.running.cell_states import CellView, RunState

_WORDS = {
    RunState.UNKNOWN: "no result yet",
    RunState.FRESH: "not run",
    RunState.QUEUED: "waiting",
    RunState.STALE: "stale",
    RunState.ABORTED: "values lost",
    RunState.CHANGED: "changed",
}
_BROWSER_WORDS = {
    BrowserKind.JS_VIEW: "a view",
    BrowserKind.INPUT: "an input",
    BrowserKind.CONTROL: "a control",
    BrowserKind.INTERRUPT: "a question",
    BrowserKind.UNKNOWN: "something",
}
IN_BROWSER = "only shown in the browser"
# Livebook's own page begins with three dots there.
IS_CUT = "(the beginning is missing: of long texts only the end is kept)"
_PREVIOUS = "previous: "
_OLDER = "of an older text: "
_LOST = "before its values were lost: "
_PNG = b"\x89PNG\r\n\x1a\n"


def state_in_words(view: CellView, running_s: float = 0.0) -> str:
    """How a cell stands: `✓ 12 ms`, `✗ failed`, `… 3 s`, `stale` …; never empty.

    `running_s` is how long it has been running, by the clock of whoever asks.
    """
    match view.state:
        case RunState.RUNNING:
            return f"… {int(running_s)} s"
        case RunState.FAILED:
            return "✗ failed"
        case RunState.DONE:
            took = duration_in_words(view.took_ms)
            return f"✓ {took}" if took else "✓"
    return _WORDS[view.state]


def duration_in_words(milliseconds: int | None) -> str:
    """`12 ms`, `1.5 s`, `3 min 5 s`; empty where it is not known."""
    if milliseconds is None:
        return ""
    if milliseconds < 1000:
        return f"{milliseconds} ms"
    if milliseconds < 60_000:
        return f"{milliseconds / 1000:.1f} s"
    minutes, seconds = divmod(milliseconds // 1000, 60)
    return f"{minutes} min {seconds} s"


def result_line(view: CellView, columns: int) -> str:
    """The first line of what a cell gave, at most `columns` wide; empty where it gave nothing.

    A result that is not of the text as it is now says so first.
    """
    line = _compile_error(view) or next(_lines(view.outputs or ()), "")
    return _cut(f"{provenance(view)}{line}", columns) if line else ""


def result_text(view: CellView, characters: int) -> str:
    """All that a cell put out as text, the end of it where it is longer; empty for nothing."""
    outputs = view.outputs or ()
    parts = [shown_text(outputs).strip()]
    parts += [f"[{it}]" for it in _shapes(outputs)]
    text = "\n".join(it for it in parts if it)
    return text if len(text) <= characters else f"… {text[-characters:]}"


def _shapes(outputs: tuple[CellOutput, ...]) -> Iterator[str]:
    for output in outputs:
        match output:
            case ImageOutput():
                yield image_in_words(output)
            case BrowserOutput():
                yield browser_in_words(output)
            case LayoutOutput():
                yield from _shapes(output.outputs)


def _compile_error(view: CellView) -> str:
    """What the compiler said first: the error that is raised afterwards says only that it did."""
    markers = view.live.markers if view.live and view.state is RunState.FAILED else ()
    said = next((it.description for it in markers if it.severity == "error"), "").strip()
    return _first_line(said) if said else ""


def provenance(view: CellView) -> str:
    """What must be said before a result that is not the present one's; else empty."""
    match view.state:
        case RunState.QUEUED | RunState.RUNNING:
            return _PREVIOUS
        case RunState.ABORTED:
            return _LOST
    return "" if view.is_current else _OLDER


def image_in_words(image: ImageOutput) -> str:
    """An image in words: its kind and, as far as they can be read, its size."""
    kind = image.media_type.removeprefix("image/")
    if image.content.startswith(_PNG) and len(image.content) >= 24:
        width, height = (int.from_bytes(image.content[at : at + 4], "big") for at in (16, 20))
        return f"image ({kind}, {width} × {height})"
    return f"image ({kind})"


def browser_in_words(output: BrowserOutput) -> str:
    """What only a browser can show, in words."""
    label = f" “{output.label}”" if output.label else ""
    return f"{_BROWSER_WORDS[output.kind]}{label}, {IN_BROWSER}"


def failure_line(outputs: tuple[CellOutput, ...]) -> str:
    """The first line of the last error among `outputs`; empty where there is none."""
    errors = [it for it in _texts(outputs) if it.kind is TextKind.ERROR and it.text.strip()]
    if not errors:
        return ""
    return next(line for line in errors[-1].text.split("\n") if line.strip()).strip()


def _lines(outputs: tuple[CellOutput, ...]) -> Iterator[str]:
    """Candidates for the line to show, the best first: an error, the result, anything else."""
    if failed := failure_line(outputs):
        yield failed
    texts = [it for it in outputs if isinstance(it, TextOutput) and it.text.strip()]
    # Livebook tells the result from what was printed by nothing but its place: the last.
    if outputs and texts and outputs[-1] is texts[-1]:
        yield _first_line(texts[-1].text)
    for output in reversed(outputs):
        match output:
            case ImageOutput():
                yield image_in_words(output)
            case BrowserOutput():
                yield browser_in_words(output)
            case LayoutOutput():
                yield from _lines(output.outputs)
    if text := shown_text(outputs).strip():
        yield _first_line(text)


def _texts(outputs: tuple[CellOutput, ...]) -> Iterator[TextOutput]:
    for output in outputs:
        if isinstance(output, LayoutOutput):
            yield from _texts(output.outputs)
        elif isinstance(output, TextOutput):
            yield output


def _first_line(text: str) -> str:
    lines = [line for line in text[:100_000].split("\n") if line.strip()]
    more = " …" if len(lines) > 1 else ""
    return f"{lines[0].strip()}{more}"


def _cut(line: str, columns: int) -> str:
    line = line.replace("\t", " ")
    return line if len(line) <= columns else f"{line[: columns - 1]}…"
