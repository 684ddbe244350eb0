"""Rows in bulk: one `INSERT … SELECT FROM unnest`, columns as arrays.

Measured several times faster than an INSERT a row, and unlike COPY it survives a duplicate. Arrays
go as literals: the driver takes ten times as long to make one of a list.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    bindparam,
    cast,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, Insert, insert

from tapline.errors import InvalidError


def insert_rows(table: Table, rows: Sequence[dict[str, Any]]) -> tuple[Insert, dict[str, Any]]:
    """The statement and parameters that insert `rows`, all with the keys of the first.

    Add `.on_conflict_do_nothing()` or `.returning(…)` as needed.
    """
    names = tuple(rows[0])
    columns = {f"{name}_": _column(table.c[name], [row[name] for row in rows]) for name in names}
    return _statement(table, names), columns


def array(values: Iterable[object]) -> str:
    """An array literal of numbers or plain words."""
    return "{" + ",".join(map(str, values)) + "}"


def texts(values: Iterable[str]) -> str:
    """An array literal of texts, quoted in one go; `InvalidError` where one holds a NUL, as no text
    in PostgreSQL does."""
    kept = list(values)
    joined = "\0".join(kept)
    if joined.count("\0") != max(len(kept) - 1, 0):
        raise InvalidError("a text holds a NUL, which cannot be stored: leave it out")
    if not kept:
        return "{}"
    joined = joined.replace("\\", "\\\\").replace('"', '\\"')
    return '{"' + joined.replace("\0", '","') + '"}'


def _plain(values: Sequence[Any]) -> str:
    return array("null" if value is None else value for value in values)


def _moments(values: Sequence[Any]) -> str:
    return array("null" if value is None else value.isoformat() for value in values)


def _bytes(values: Sequence[Any]) -> str:
    return array("null" if value is None else rf'"\\x{value.hex()}"' for value in values)


def _texts_or_none(values: Sequence[Any]) -> str:
    if None not in values:
        return texts(values)
    return array("null" if value is None else texts([value])[1:-1] for value in values)


_WRITERS: Mapping[type, Callable[[Sequence[Any]], str]] = {
    BigInteger: _plain,
    Integer: _plain,
    SmallInteger: _plain,
    Boolean: _plain,
    DateTime: _moments,
    LargeBinary: _bytes,
    String: _texts_or_none,
    Text: _texts_or_none,
}
"""By a column's own type; of any other the driver makes the array."""


def _column(column: Column[Any], values: list[Any]) -> object:
    writer = _WRITERS.get(type(column.type))
    return writer(values) if writer else values


@lru_cache
def _statement(table: Table, names: tuple[str, ...]) -> Insert:
    columns = [_bound(table.c[name]) for name in names]
    rows = func.unnest(*columns).table_valued(*names).render_derived(name="row")
    return insert(table).from_select(names, select(*(rows.c[name] for name in names)))


def _bound(column: Column[Any]) -> Any:
    literal = Text() if type(column.type) in _WRITERS else None
    return cast(bindparam(f"{column.name}_", type_=literal), ARRAY(column.type))
