"""When students are there. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from tapline.rosters.schools.model import PeriodKind, SchoolPeriod

_DAY = timedelta(days=1)


class Absence(NamedTuple):
    """Days without students: from the first until they return; None: nobody knows when."""

    starts_on: date
    returns_on: date | None
    name: str
    """Of the holiday, where it is one."""


def is_away(periods: Sequence[SchoolPeriod], day: date) -> bool:
    """Whether the students are away on `day`: outside every term, or in a holiday.

    A school of which no term is known is always in session.
    """
    terms = [one for one in periods if one.kind is PeriodKind.TERM]
    holidays = [one for one in periods if one.kind is PeriodKind.HOLIDAY]
    return bool(terms) and (not _within(terms, day) or _within(holidays, day))


def absences(periods: Sequence[SchoolPeriod]) -> list[Absence]:
    """When nobody is there, in order: between and outside of terms, and in holidays.

    Of a school of which no term is known, never. Before its first term for a year; after its last
    one until another is known.
    """
    terms = sorted((one for one in periods if one.kind is PeriodKind.TERM), key=_first_day)
    if not terms:
        return []
    first = terms[0].starts_on
    away = [Absence(first - timedelta(days=366), first, "")]
    for term, following in pairwise(terms):
        away.append(Absence(term.ends_on + _DAY, following.starts_on, ""))
    away += [
        Absence(one.starts_on, one.ends_on + _DAY, one.name)
        for one in periods
        if one.kind is PeriodKind.HOLIDAY
    ]
    away.append(Absence(terms[-1].ends_on + _DAY, None, ""))
    return _joined(sorted(away, key=lambda one: one.starts_on))


def _joined(away: Sequence[Absence]) -> list[Absence]:
    """Those that touch as one: on the day between them nobody comes back."""
    joined: list[Absence] = []
    for one in away:
        last = joined[-1] if joined else None
        if one.returns_on == one.starts_on:
            continue
        if last is None or (last.returns_on is not None and last.returns_on < one.starts_on):
            joined.append(one)
        elif last.returns_on is not None:
            end = None if one.returns_on is None else max(last.returns_on, one.returns_on)
            joined[-1] = Absence(last.starts_on, end, last.name or one.name)
    return joined


def _first_day(period: SchoolPeriod) -> date:
    return period.starts_on


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
