from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline_gateway.protocol import SchemaError, format_ts, parse_ts, read_ts

SHANGHAI = timezone(timedelta(hours=8))


def test_a_moment_is_written_with_offset_and_milliseconds() -> None:
    moment = datetime(2026, 11, 21, 8, 15, 2, 120999, SHANGHAI)

    assert format_ts(moment) == "2026-11-21T08:15:02.120+08:00"


def test_a_moment_without_an_offset_is_not_written() -> None:
    with pytest.raises(ValueError, match="offset"):
        format_ts(datetime(2026, 11, 21, 8, 15))  # noqa: DTZ001


@given(st.datetimes(datetime(1971, 1, 1), datetime(2999, 1, 1)))  # noqa: DTZ001
def test_a_moment_comes_back_to_the_millisecond(local: datetime) -> None:
    moment = local.replace(microsecond=local.microsecond // 1000 * 1000, tzinfo=SHANGHAI)

    assert parse_ts(format_ts(moment)) == moment


@given(st.text())
def test_any_text_is_a_moment_or_refused(text: str) -> None:
    try:
        moment = parse_ts(text)
    except SchemaError:
        assert read_ts(text) is None
    else:
        assert moment == read_ts(text)
        assert moment.tzinfo is not None
