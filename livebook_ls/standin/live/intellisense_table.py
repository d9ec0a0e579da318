"""What the stand-in knows of code: a few answers, in Livebook's form."""

from __future__ import annotations

from collections.abc import Mapping

_MAP = "Returns a list where each element is the result of invoking\n`fun` on each element."


def answer(question: Mapping[str, object], names: Mapping[str, object]) -> object:
    """The answer to a request, where `names` are the cell's values.

    Raises KeyError where a field is missing, and ValueError where it is senseless: Livebook's page
    crashes over both.
    """
    match question["type"]:
        case "completion":
            if question["editor_auto_completion"] not in (True, False):
                raise ValueError
            return {"items": _completions(str(question["hint"]), names)}
        case "details":
            return _details(str(question["line"]), question["column"])
        case "signature":
            return _signature(str(question["hint"]))
        case "format":
            return _format(str(question["code"]))
    raise ValueError


def _completions(hint: str, names: Mapping[str, object]) -> list[dict[str, object]]:
    word = hint.rpartition(" ")[2].rpartition("\n")[2]
    items: list[dict[str, object]] = [
        {"label": name, "kind": "variable", "insert_text": name, "documentation": None}
        for name in sorted(names)
        if name.startswith(word) and "." not in name
    ]
    if "Enum.map".startswith(word) and word.startswith("Enum."):
        insert = {"insert_text": "map(${})", "documentation": _MAP}
        items.append({"label": "map/2", "kind": "function", **insert})
    return items


def _details(line: str, column: object) -> object:
    if not isinstance(column, int) or column < 1:
        raise ValueError
    found = line.find("Enum.map")
    at = _units(line[: max(found, 0)])
    if not at + 1 <= column <= at + 9 or found < 0:
        return None
    contents = [f"```\nEnum.map(enumerable, fun)\n```\n\n---\n\n{_MAP}"]
    return {"range": {"from": at + 1, "to": at + 9}, "contents": contents, "definition": None}


def _signature(hint: str) -> object:
    name, bracket, arguments = hint.rpartition("Enum.map(")
    if not bracket:
        return None
    active = int(arguments.count(",") > 0) + name.endswith("|> ")
    item = {"signature": "map(enumerable, fun)", "arguments": ["enumerable", "fun"]}
    return {"items": [item], "active_argument": active}


def _format(code: str) -> object:
    if code.count("(") != code.count(")"):
        marker = {"line": 1, "description": "missing terminator: )", "severity": "error"}
        return {"delta": None, "code_markers": [marker]}
    formatted = "\n".join(" ".join(line.split()) for line in code.split("\n"))
    delta: list[object] = [] if formatted == code else [formatted, -_units(code)]
    return {"delta": delta, "code_markers": []}


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
