"""Rows in bulk are the rows that were given, whatever stands in them."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    LargeBinary,
    MetaData,
    String,
    Table,
    select,
    text,
)

from tapline import bulk
from tapline.errors import InvalidError
from tapline.uow import UnitOfWork

KEPT = Table(
    "kept_in_bulk",
    MetaData(),
    Column("place", BigInteger),
    Column("words", String),
    Column("raw", LargeBinary),
    Column("moment", DateTime(timezone=True)),
    Column("is_so", Boolean),
)
_WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
_MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (hypothesis wants them naive)
_ROW = st.fixed_dictionaries(
    {
        "words": st.none() | _WORDS | st.sampled_from(["null", "NULL", "", '{"', "\\", '"', ","]),
        "raw": st.none() | st.binary(),
        "moment": st.none() | _MOMENTS,
        "is_so": st.none() | st.booleans(),
    }
)


@given(rows=st.lists(_ROW, min_size=1, max_size=8))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_given_is_what_is_stored(uow: UnitOfWork, rows: list[dict[str, object]]) -> None:
    uow.session.execute(text("drop table if exists kept_in_bulk"))
    KEPT.create(uow.session.connection())
    placed = [{"place": place} | row for place, row in enumerate(rows)]

    uow.session.execute(*bulk.insert_rows(KEPT, placed))

    stored = uow.session.execute(select(KEPT).order_by(KEPT.c.place)).mappings()
    assert [dict(row) for row in stored] == placed


def test_a_text_with_a_nul_is_refused_before_it_shifts_its_neighbours(uow: UnitOfWork) -> None:
    KEPT.create(uow.session.connection())

    with pytest.raises(InvalidError, match="NUL"):
        bulk.insert_rows(KEPT, [{"place": 1, "words": "a\0b"}, {"place": 2, "words": "c"}])
