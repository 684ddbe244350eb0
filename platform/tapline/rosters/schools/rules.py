"""When students are there. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta

from tapline.rosters.schools.model import PeriodKind, SchoolPeriod


def is_away(periods: Sequence[SchoolPeriod], day: date) -> bool:
    """Whether the students are away on `day`: outside every term, or in a holiday.

    A school of which no term is known is always in session.
    """
    terms = [one for one in periods if one.kind is PeriodKind.TERM]
    holidays = [one for one in periods if one.kind is PeriodKind.HOLIDAY]
    return bool(terms) and (not _within(terms, day) or _within(holidays, day))


def next_return(periods: Sequence[SchoolPeriod], today: date, *, within_days: int) -> date | None:
    """The first day after `today`, at most `within_days` ahead, on which they come back."""
    for ahead in range(1, within_days + 1):
        day = today + timedelta(days=ahead)
        if is_away(periods, day - timedelta(days=1)) and not is_away(periods, day):
            return day
    return None


def overlapping(
    periods: Sequence[SchoolPeriod], kind: PeriodKind, starts_on: date, ends_on: date
) -> SchoolPeriod | None:
    """A period of the same kind that shares a day with this one."""
    for one in periods:
        if one.kind is kind and one.starts_on <= ends_on and starts_on <= one.ends_on:
            return one
    return None


def _within(periods: Sequence[SchoolPeriod], day: date) -> bool:
    return any(one.starts_on <= day <= one.ends_on for one in periods)
