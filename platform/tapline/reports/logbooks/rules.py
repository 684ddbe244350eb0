"""The lines of a machine's logbook. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from tapline.faults import Alarm
from tapline.reconciliation import Finding
from tapline.tickets import Ticket
from tapline.tickets.work_orders import WorkOrder
from tapline.water import Treatment


class LogKind(StrEnum):
    METER = "meter"
    """What its lifetime counters stood at after a business day."""
    REPAIR = "repair"
    TREATMENT = "treatment"
    """A filter changed, disinfected, flushed."""
    ABNORMAL = "abnormal"
    """Water or money that went another way than it should."""
    ALARM = "alarm"


ABNORMAL = frozenset({"D03", "D18", "D19", "D22", "D23", "D28"})
"""Findings about a machine's use: water given away, a meter that drifts, counters that differ,
sales to blocked cards, proofs that are wrong, readings that cannot be."""


class LogEntry(NamedTuple):
    """One line. `code` names what it is within its kind."""

    at: datetime
    kind: LogKind
    code: str
    facts: Mapping[str, Any]
    finding: Finding | None = None


class MeterDay(NamedTuple):
    """What a machine reported on a business day. Money in fen, water in ml."""

    day: date
    last_at: datetime
    pours: int
    ml: int
    total_n: int | None
    total_fen: int | None
    total_ml: int | None


def of_meter(days: Iterable[MeterDay]) -> list[LogEntry]:
    """A line a day with the counters as they stood at its end."""
    return [
        LogEntry(
            day.last_at,
            LogKind.METER,
            "day",
            {
                "pours": day.pours,
                "ml": day.ml,
                "total_n": day.total_n,
                "total_fen": day.total_fen,
                "total_ml": day.total_ml,
            },
        )
        for day in days
    ]


def of_repair(work: WorkOrder, ticket: Ticket) -> LogEntry:
    """A technician's errand that ended. Neither his name nor his words."""
    assert work.ended_at is not None
    return LogEntry(
        work.ended_at,
        LogKind.REPAIR,
        work.outcome.value if work.outcome else "fixed",
        {"number": work.number, "category": ticket.category, "parts": work.parts},
    )


def of_treatment(done: Treatment) -> LogEntry:
    """A filter changed, or another treatment."""
    about = {"filter": done.filter_kind.value} if done.filter_kind else {}
    return LogEntry(done.at, LogKind.TREATMENT, done.kind.value, about)


def of_finding(finding: Finding) -> LogEntry:
    """Abnormal use, in the finding's own sentence."""
    return LogEntry(finding.detected_at, LogKind.ABNORMAL, finding.code, {}, finding)


def of_alarm(alarm: Alarm) -> LogEntry:
    """An alarm, and when it ended."""
    ended = {"cleared_at": alarm.cleared_at.isoformat()} if alarm.cleared_at else {}
    return LogEntry(alarm.raised_at, LogKind.ALARM, alarm.code, ended)
