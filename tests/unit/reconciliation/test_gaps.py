"""When a missing run is asked for again."""

from datetime import UTC, datetime, timedelta

import pytest

from tapline.reconciliation.gaps.rules import is_due

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "waited_s", "due"),
    [(1, 1799, False), (1, 1800, True), (2, 3599, False), (2, 3600, True), (30, 6 * 3600, True)],
)
def test_patience_doubles_up_to_six_hours(asked: int, waited_s: int, due: bool) -> None:
    last = NOW - timedelta(seconds=waited_s)
    assert is_due(asked=asked, last_asked_at=last, gap_s=900, now=NOW) is due
