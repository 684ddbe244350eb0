"""Every table of the product that Alembic looks after."""

import importlib
import pkgutil

import tapline
from tapline.tables import Table

for _module in pkgutil.walk_packages(tapline.__path__, "tapline."):
    if _module.name.rpartition(".")[2] == "model":
        importlib.import_module(_module.name)

METADATA = Table.metadata


def is_ours(name: str | None, type_: str) -> bool:
    """False for the relations of telemetry, whose shape depends on what the server can do."""
    return type_ != "table" or not (name or "").startswith("telemetry")
