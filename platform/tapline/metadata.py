"""Every table of the product: importing this module registers them all.

A process that knows only some tables cannot follow a foreign key into the others.
"""

import importlib
from pathlib import Path

import tapline
from tapline.tables import Table

_ROOT = Path(tapline.__file__).parent

for _file in sorted(_ROOT.rglob("model.py")):
    _parts = _file.relative_to(_ROOT).with_suffix("").parts
    importlib.import_module(".".join(("tapline", *_parts)))

METADATA = Table.metadata


def is_ours(name: str | None, type_: str) -> bool:
    """False for the relations of telemetry, whose shape depends on what the server can do."""
    return type_ != "table" or not (name or "").startswith("telemetry")
