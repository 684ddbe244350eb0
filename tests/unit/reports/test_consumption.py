"""Consumption compares like with like."""

from datetime import date

import pytest

from tapline.reports.consumption.rules import before


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2026, 11, 1), date(2026, 11, 30), (date(2026, 10, 1), date(2026, 10, 31))),
        (date(2026, 11, 1), date(2026, 11, 22), (date(2026, 10, 1), date(2026, 10, 22))),
        (date(2026, 3, 1), date(2026, 3, 30), (date(2026, 2, 1), date(2026, 2, 28))),
        (date(2026, 1, 1), date(2026, 1, 31), (date(2025, 12, 1), date(2025, 12, 31))),
    ],
)
def test_a_month_begun_is_compared_with_as_many_days(
    first: date, last: date, expected: tuple[date, date]
) -> None:
    assert before(first, last) == expected
