"""Rows in bulk: one `INSERT … SELECT FROM unnest`, columns as arrays.

Measured several times faster than an INSERT a row, and unlike COPY it survives a duplicate.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Table, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, Insert, insert


def insert_rows(table: Table, rows: Sequence[dict[str, Any]]) -> tuple[Insert, dict[str, Any]]:
    """The statement and parameters that insert `rows`, all with the keys of the first.

    Add `.on_conflict_do_nothing()` or `.returning(…)` as needed.
    """
    names = tuple(rows[0])
    return _statement(table, names), {f"{name}_": [row[name] for row in rows] for name in names}


@lru_cache
def _statement(table: Table, names: tuple[str, ...]) -> Insert:
    columns = [cast(bindparam(f"{name}_"), ARRAY(table.c[name].type)) for name in names]
    rows = func.unnest(*columns).table_valued(*names).render_derived(name="row")
    return insert(table).from_select(names, select(*(rows.c[name] for name in names)))
