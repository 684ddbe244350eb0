"""The only place that reads time. Storage is UTC; business days are Asia/Shanghai."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")

_frozen: datetime | None = None


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _frozen if _frozen is not None else datetime.now(UTC)


def business_date(moment: datetime) -> date:
    """The business day (Asia/Shanghai) that `moment` falls on."""
    return moment.astimezone(BUSINESS_ZONE).date()


def begins(day: date) -> datetime:
    """The moment at which the business day `day` begins, in UTC."""
    return datetime.combine(day, time(), BUSINESS_ZONE).astimezone(UTC)


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Hold the clock still, for tests and replays."""
    global _frozen  # noqa: PLW0603 (one clock a process is the point)
    before, _frozen = _frozen, moment
    try:
        yield
    finally:
        _frozen = before


def advance(by: timedelta) -> None:
    """Move a frozen clock forward; a running one cannot be moved."""
    global _frozen  # noqa: PLW0603
    assert _frozen is not None, "only a frozen clock can be advanced"
    _frozen += by
