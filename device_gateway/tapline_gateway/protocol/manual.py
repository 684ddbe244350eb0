"""The generated parts of the manual, as Markdown: made from the schemas of the messages."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tapline_gateway.protocol.content import canonical_form, content_hash
from tapline_gateway.protocol.examples import FACT
from tapline_gateway.protocol.messages import MESSAGES
from tapline_gateway.protocol.messages.fields import INT_MAX

Schema = Mapping[str, Any]


def sections(schemas: Sequence[Schema]) -> Mapping[str, Callable[[], str]]:
    """What stands between the markers of each name, given the schema of every message."""
    return {
        "messages": lambda: _messages(schemas),
        "fields": lambda: "\n\n".join(_fields(schema) for schema in schemas),
        "content": _content,
    }


def _messages(schemas: Sequence[Schema]) -> str:
    rows = []
    for schema in schemas:
        name = schema["title"]
        message = MESSAGES[name]
        qos = f"{message.QOS}, retained" if message.RETAINED else str(message.QOS)
        rows.append((f"[`{name}`](#{_anchor(name)})", schema["description"], qos, message.REPLAY))
    return _table(("topic", "says", "QoS", "a copy of an old frame"), rows)


def _fields(schema: Schema) -> str:
    example = json.dumps(schema["examples"][0], ensure_ascii=False, separators=(",", ":"))
    parts = schema["$defs"]
    text = [f"#### {schema['title']}", f"{schema['description']}"]
    text += [f"```json\n{example}\n```", _field_table(schema, parts)]
    for name, part in parts.items():
        if "properties" in part:
            text += [f"`{name}`: {part['description']}", _field_table(part, parts)]
    return "\n\n".join(text)


def _field_table(schema: Schema, parts: Schema) -> str:
    rows = (
        (
            f"**`{name}`**" if name in schema["required"] else f"`{name}`",
            _kind(field, parts),
            field["description"],
        )
        for name, field in schema["properties"].items()
        if name != "v"
    )
    return _table(("field", "value", "meaning"), rows)


def _kind(field: Schema, parts: Schema) -> str:
    match field:
        case {"anyOf": [kind, {"type": "null"}]}:
            words = f"{_kind(kind, parts)}, or null"
        case {"$ref": ref}:
            words = _reference(ref.rpartition("/")[2], parts)
        case {"type": "integer", "minimum": least, "maximum": most}:
            words = f"integer {least} … {_limit(most)}"
        case {"type": "string", "pattern": pattern}:
            words = f"text like `{pattern.partition('(?!')[0]}`"
        case {"type": "string", "maxLength": most}:
            words = f"text of at most {most}"
        case {"type": "array", "items": items, **rest}:
            bound = f", at most {rest['maxItems']}" if "maxItems" in rest else ""
            words = f"list of {_kind(items, parts)}{bound}"
        case _:
            words = str(field["type"])
    return words


def _reference(name: str, parts: Schema) -> str:
    values = parts[name].get("enum", [])
    return " ".join(f"`{value}`" for value in values) or f"`{name}`"


def _limit(most: int) -> str:
    return {INT_MAX: "2^53-1", 2**31 - 1: "2^31-1"}.get(most, str(most))


def _content() -> str:
    form = canonical_form(FACT).decode()
    return f"```\n{form}```\n\nSHA-256: `{content_hash(FACT).hex()}`"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]] | Iterator[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _anchor(name: str) -> str:
    return name.replace("/", "")
