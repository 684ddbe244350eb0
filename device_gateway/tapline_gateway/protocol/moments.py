"""Moments on the wire: RFC 3339 text with an offset, to the millisecond."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec

from tapline_gateway.protocol.errors import SchemaError

_Aware = Annotated[datetime, msgspec.Meta(tz=True)]
_YEARS = range(1970, 3000)


def parse_ts(text: str) -> datetime:
    """The moment in UTC; `SchemaError` where it is no RFC 3339 text with an offset, or its year
    is not within 1970-2999.

    A clock that is merely wrong (1970 after a reset) parses: what to make of it is for the reader
    to judge.
    """
    try:
        moment = msgspec.convert(text, _Aware)
    except msgspec.ValidationError:
        raise SchemaError(f"not a time such as 2026-11-21T08:15:02.120+08:00: {text!r}") from None
    if moment.year not in _YEARS:
        raise SchemaError(f"a year outside {_YEARS[0]}-{_YEARS[-1]}: {text!r}")
    return moment.astimezone(UTC)


def read_ts(text: str | None) -> datetime | None:
    """As `parse_ts`, but None for what cannot be read: one bad reading costs no message."""
    try:
        return None if text is None else parse_ts(text)
    except SchemaError:
        return None


def format_ts(moment: datetime) -> str:
    """RFC 3339 text with milliseconds, in the offset of `moment`, which must be aware."""
    if moment.tzinfo is None:
        raise ValueError(f"a moment without an offset: {moment!r}")
    return moment.isoformat(timespec="milliseconds")
