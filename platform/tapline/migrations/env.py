"""Alembic's environment: the caller's connection and transaction, our metadata."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Enum

from tapline.metadata import METADATA, is_ours


def _include(_object: Any, name: str | None, type_: str, _reflected: bool, _other: Any) -> bool:
    return is_ours(name, type_)


def _render(type_: str, item: Any, context: AutogenContext) -> str | Literal[False]:
    if type_ != "type":
        return False
    if isinstance(item, Enum):
        # Text in the database: a new member is no migration.
        return f"sa.String(length={item.length})"
    module = type(item).__module__
    if module.startswith("tapline."):
        context.imports.add(f"import {module}")
        return f"{module}.{type(item).__name__}()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    include_object=_include,
    render_item=_render,
    compare_type=True,
    compare_server_default=True,
)
context.run_migrations()
