"""Publishes the contract: JSON Schemas, and the generated parts of the manual.

    python -m tapline_gateway.protocol.schemas [--check]

writes `docs/schemas/*.json` and what stands between `<!-- generated:NAME -->` and
`<!-- /generated -->` in `docs/protocol.md`; with `--check` it writes nothing and exits 1 where
something is stale.
"""

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

import msgspec

from tapline_gateway.protocol import manual
from tapline_gateway.protocol.codec import encode
from tapline_gateway.protocol.examples import EXAMPLES
from tapline_gateway.protocol.messages import Message

DOCS = Path(__file__).parents[3] / "docs"

_MEANING = re.compile(r"^\s*(\w+): (.+)$", re.MULTILINE)
_SECTION = re.compile(r"(<!-- generated:(\w+) -->\n).*?(<!-- /generated -->)", re.DOTALL)


def json_schema(example: Message) -> dict[str, Any]:
    """The JSON Schema (2020-12) of the example's type, the example included.

    Its words are docstrings: a paragraph, then a line `field: meaning` for every field.
    """
    message = type(example)
    parts: dict[str, Any] = msgspec.json.schema(message)["$defs"]
    for part in parts.values():
        _describe(part)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **parts.pop(message.__name__),
        "title": message.NAME,
        "examples": [json.loads(encode(example))],
        "$defs": parts,
    }


def _describe(part: dict[str, Any]) -> None:
    summary, _, lines = part.get("description", "").partition("\n\n")
    if summary:
        part["description"] = " ".join(summary.split())
    meanings = dict(_MEANING.findall(lines), v="version of this message type")
    for name, field in part.get("properties", {}).items():
        field["description"] = meanings[name]


def published(docs: Path) -> dict[Path, str]:
    """Every generated file under `docs` with the text that it should have."""
    schemas = [json_schema(example) for example in EXAMPLES]
    files = {
        docs / "schemas" / f"{schema['title'].replace('/', '-')}.json": _text(schema)
        for schema in schemas
    }
    page, sections = docs / "protocol.md", manual.sections(schemas)
    files[page] = _SECTION.sub(
        lambda section: f"{section[1]}{sections[section[2]]()}\n{section[3]}",
        page.read_text(encoding="utf-8"),
    )
    return files


def stale(docs: Path) -> list[Path]:
    """The files under `docs` that differ from what they should be, or should not be there."""
    files = published(docs)
    leftovers = [path for path in (docs / "schemas").glob("*.json") if path not in files]
    return leftovers + [
        path
        for path, text in files.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def write(docs: Path) -> None:
    (docs / "schemas").mkdir(exist_ok=True)
    files = published(docs)
    for path in stale(docs):
        if path in files:
            path.write_text(files[path], encoding="utf-8")
        else:
            path.unlink()


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    options = argparse.ArgumentParser(description="Publish the wire contract.")
    options.add_argument("--check", action="store_true", help="write nothing, exit 1 when stale")
    if not options.parse_args().check:
        write(DOCS)
    elif names := [str(path.relative_to(DOCS)) for path in stale(DOCS)]:
        sys.exit(f"stale: {', '.join(names)}\nrun: python -m tapline_gateway.protocol.schemas")


if __name__ == "__main__":
    main()
