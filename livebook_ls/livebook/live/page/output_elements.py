"""An output as the page has it (`data-el-output`), read to a value.

Kinds are told by the attributes of Livebook's own elements (`lib/livebook_web/live/output.ex`), by
hooks and roles first, since classes are only for the looks. What nests is read once, inside what
it is nested in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from livebook_ls.livebook.live.outputs import (
    TEXT_LIMIT_CHARACTERS,
    BrowserKind,
    BrowserOutput,
    CellOutput,
    LayoutKind,
    LayoutOutput,
    StyledSpan,
    TextKind,
    TextOutput,
    TextStyle,
)
from livebook_ls.livebook.live.page import attribute_values
from livebook_ls.livebook.live.page.elements import PageElement
from livebook_ls.livebook.live.page.printable import printable
from livebook_ls.livebook.live.page.styles import read_style

_OUTPUT = "data-el-output"
_HOOK = "phx-hook"
_SPACE = re.compile(r"\s+")
_CUT_LINE = "...\n"


def read_output(output: PageElement) -> CellOutput:
    """What an element with `data-el-output` shows."""
    if layout := _layout(output):
        return layout
    for element in output.walk():
        if found := _by_role(element, output):
            return found
    if _is_empty_frame(output):
        return LayoutOutput(kind=LayoutKind.FRAME, outputs=())
    return _plain_or_browser(output)


def plain_output(text: str) -> TextOutput:
    """A terminal text without its colours, as Livebook's export has it."""
    return _joined(TextKind.TERMINAL, [(text, None)], "", is_cut=text.startswith(_CUT_LINE))


def _layout(output: PageElement) -> LayoutOutput | None:
    nested = [it for it in output.walk(lambda it: not _is_output(it)) if _is_output(it)]
    ids = [it.attributes.get("id", "") for it in output.walk(lambda it: not _is_output(it))]
    own = f"{output.attributes.get('id', '')}-output"
    if f"{own}-tab-contents" in ids:
        kind = LayoutKind.TABS
    elif f"{own}-grid" in ids:
        kind = LayoutKind.GRID
    elif nested:
        kind = LayoutKind.FRAME
    else:
        return None
    labels = _tab_labels(output, f"{own}-tabs") if kind is LayoutKind.TABS else ()
    return LayoutOutput(kind=kind, outputs=tuple(map(read_output, nested)), labels=labels)


def _is_output(element: PageElement) -> bool:
    return _OUTPUT in element.attributes


def _is_empty_frame(output: PageElement) -> bool:
    """A frame that shows nothing is an element of the output's own id that does nothing."""
    first = next(output.elements(), None)
    own = f"{output.attributes.get('id', '')}-output"
    return first is not None and dict(first.attributes) == {"id": own}


def _tab_labels(output: PageElement, tabs_id: str) -> tuple[str, ...]:
    tabs = next((it for it in output.walk() if it.attributes.get("id") == tabs_id), None)
    buttons = () if tabs is None else tabs.elements()
    return tuple(_label(it) for it in buttons if it.tag == "button")


def _by_role(element: PageElement, output: PageElement) -> CellOutput | None:
    hook, role = element.attributes.get(_HOOK), element.attributes.get("aria-label")
    match hook:
        case "VirtualizedLines":
            return _text(TextKind.TERMINAL, _lines(element))
        case "MarkdownRenderer":
            return _text(TextKind.MARKDOWN, _template_spans(element))
        case "JSView":
            return BrowserOutput(kind=BrowserKind.JS_VIEW)
        case "KeyboardControl":
            return BrowserOutput(kind=BrowserKind.CONTROL)
        case "ImageOutput":
            return attribute_values.image(element.attributes.get("src", ""))
    if role == "error" and element.attributes.get("role") == "complementary":
        return _text(TextKind.ERROR, iter((element,)), _heading(output))
    if role == "error message":
        return BrowserOutput(kind=BrowserKind.UNKNOWN, label=_label(element))
    return None


def _lines(element: PageElement) -> Iterator[PageElement]:
    """The lines of a terminal text: they hold their line feeds, and nothing around them counts."""
    template = next((it for it in element.walk() if "data-template" in it.attributes), None)
    if template is not None:
        yield from (it for it in template.walk() if "data-line" in it.attributes)


def _template_spans(element: PageElement) -> Iterator[PageElement]:
    template = next((it for it in element.walk() if "data-template" in it.attributes), None)
    if template is not None:
        yield from (it for it in template.elements() if it.tag == "span")


def _heading(output: PageElement) -> str:
    """What stands above an error, in a `span` beside an icon; mostly nothing."""
    for element in output.walk(lambda it: it.attributes.get("role") != "complementary"):
        if element.tag == "span" and element.text.strip():
            return _label(element)
        if element.attributes.get("role") == "complementary":
            break
    return ""


def _plain_or_browser(output: PageElement) -> CellOutput:
    own = f"{output.attributes.get('id', '')}-output"
    first = next(output.elements(), None)
    is_stream = first is not None and first.attributes.get("phx-update") == "stream"
    if first is not None and is_stream and first.attributes.get("id") == own:
        return _text(TextKind.PLAIN, (it for it in first.elements() if it.tag == "span"))
    tags = {it.tag for it in output.walk()}
    if tags & {"label", "input", "select", "textarea"}:
        form = next((it for it in output.walk() if it.tag == "form"), None)
        is_input = form is None or form.attributes.get("id") == f"{own}-form"
        kind = BrowserKind.INPUT if is_input else BrowserKind.CONTROL
        return BrowserOutput(kind=kind, label=_first_label(output, "label"))
    if "button" in tags:
        return _button(output)
    return BrowserOutput(kind=BrowserKind.UNKNOWN)


def _button(output: PageElement) -> BrowserOutput:
    """A button alone is a control; beside words, it goes on with what was interrupted."""
    words = [it for it in output.walk() if it.tag == "div" and not any(it.elements())]
    if words:
        return BrowserOutput(kind=BrowserKind.INTERRUPT, label=_label(words[0]))
    return BrowserOutput(kind=BrowserKind.CONTROL, label=_first_label(output, "button"))


def _first_label(output: PageElement, tag: str) -> str:
    found = next((it for it in output.walk() if it.tag == tag), None)
    return "" if found is None else _label(found)


def _label(element: PageElement) -> str:
    """An element's words on one line."""
    return printable(_SPACE.sub(" ", element.text).strip())


def _text(kind: TextKind, elements: Iterator[PageElement], heading: str = "") -> TextOutput:
    parts: list[tuple[str, TextStyle | None]] = []
    for element in elements:
        parts.extend(_styled(element, None))
    is_cut = kind is TextKind.TERMINAL and len(parts) > 1 and parts[0][0] == _CUT_LINE
    return _joined(kind, parts, heading, is_cut=is_cut)


def _joined(
    kind: TextKind, parts: list[tuple[str, TextStyle | None]], heading: str, *, is_cut: bool
) -> TextOutput:
    # The end tells most, so that is what is kept of what is longer than anybody reads.
    excess = sum(len(text) for text, _ in parts) - TEXT_LIMIT_CHARACTERS
    texts: list[str] = []
    spans: list[StyledSpan] = []
    at = 0
    for text, style in parts:
        dropped = min(max(excess, 0), len(text))
        excess -= dropped
        shown = printable(text[dropped:])
        texts.append(shown)
        if style is not None and shown:
            spans.append(StyledSpan(at, at + len(shown), style))
        at += len(shown)
        is_cut = is_cut or dropped > 0
    return TextOutput(
        kind=kind, text="".join(texts), spans=tuple(spans), heading=heading, is_cut=is_cut
    )


def _styled(
    element: PageElement, outer: TextStyle | None
) -> Iterator[tuple[str, TextStyle | None]]:
    """The stretches of text in an element, each with its style."""
    style = outer
    if element.tag == "span" and (css := element.attributes.get("style")):
        style = read_style(css) or outer
    for child in element.children:
        if isinstance(child, str):
            yield child, style
        else:
            yield from _styled(child, style)
