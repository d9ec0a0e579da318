"""JSON Schema of a tool's arguments in the plain form that every client's model understands."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError

from livebook_ls.mcp.tool_refusal import ToolRefusal

_MOST_TOLD = 5
Schema = dict[str, Any]


def schema_of(arguments: type[BaseModel]) -> Schema:
    """The schema without references: several clients' models read none."""
    schema = arguments.model_json_schema()
    definitions = schema.pop("$defs", {})
    plain = _plain(schema, definitions)
    assert isinstance(plain, dict)  # noqa: S101 — a schema is an object
    return plain


def misuse(error: ValidationError) -> ToolRefusal:
    """What is wrong with the arguments, each with its place."""
    told = [
        f"{'.'.join(map(str, it['loc'])) or 'arguments'}: {it['msg']}"
        for it in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    more = f" (and {len(told) - _MOST_TOLD} more)" if len(told) > _MOST_TOLD else ""
    return ToolRefusal(
        "bad-arguments",
        f"Nothing was done, for the arguments are not as the tool takes them: "
        f"{'; '.join(told[:_MOST_TOLD])}{more}. See the tool's schema.",
    )


def _plain(value: Any, definitions: Schema) -> Any:  # noqa: ANN401 — a schema's part
    if isinstance(value, list):
        return [_plain(it, definitions) for it in value]
    if not isinstance(value, dict):
        return value
    if isinstance(reference := value.get("$ref"), str):
        rest = {key: it for key, it in value.items() if key != "$ref"}
        return _plain({**definitions[reference.rpartition("/")[2]], **rest}, definitions)
    found = {}
    for key, it in value.items():
        # A property may be called like a keyword.
        if key == "properties":
            found[key] = {name: _plain(part, definitions) for name, part in it.items()}
        elif key == "oneOf":
            found["anyOf"] = _plain(it, definitions)
        elif key not in ("title", "discriminator"):
            found[key] = _plain(it, definitions)
    return found
