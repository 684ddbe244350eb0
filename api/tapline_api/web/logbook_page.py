"""A machine's logbook and its readings to take away, the same for the desk and for managers."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, NamedTuple

from fastapi import Depends, Query, Request, Response

from tapline import clock, reports
from tapline.files.sheets import Cell
from tapline.reconciliation import sentences
from tapline.reports import LogEntry, LogKind
from tapline.uow import UnitOfWork
from tapline_api import exports, labels
from tapline_api.deps import Member
from tapline_api.formats import Formats, formats_of
from tapline_api.web.device_page import Window, readings_table

_DAYS = 92


class Pages(NamedTuple):
    """Which lines are asked for: of a kind or all, of a quarter up to a day."""

    kind: LogKind | None
    last: date

    @property
    def until(self) -> datetime:
        """The end, excluded."""
        return clock.begins(self.last + timedelta(days=1))

    @property
    def since(self) -> datetime:
        """The beginning."""
        return clock.begins(self.last - timedelta(days=_DAYS - 1))

    @property
    def earlier(self) -> date:
        """The last day of the quarter before."""
        return self.last - timedelta(days=_DAYS)

    @property
    def later(self) -> date | None:
        """The last day of the quarter after; None where that is still to come."""
        today = clock.business_date(clock.now())
        return min(self.last + timedelta(days=_DAYS), today) if self.last < today else None


def _pages(
    kind: LogKind | None = None,
    last: Annotated[date | None, Query(ge=date(2020, 1, 1), le=date(2100, 1, 1))] = None,
) -> Pages:
    today = clock.business_date(clock.now())
    return Pages(kind, min(last or today, today))


Asked = Annotated[Pages, Depends(_pages)]


def logbook_context(
    uow: UnitOfWork, member: Member, device_id: str, asked: Pages
) -> dict[str, Any]:
    """Everything that `shared/logbook.html` asks for; `NotFoundError` outside of the scope."""
    return {
        "view": reports.device_history(uow, scope=member.scope, device_id=device_id, last=0).view,
        "entries": _entries(uow, member, device_id, asked),
        "kinds": list(LogKind),
        "asked": asked,
    }


def table_of(
    request: Request, uow: UnitOfWork, member: Member, device_id: str, asked: Pages
) -> Response:
    """The logbook as Excel."""
    formats = formats_of(request)
    translate = formats.translate
    head: list[Cell] = [
        *(translate(name) for name in ("When", "Kind", "What", "Details")),
        translate("Lifetime (mL)"),
        translate("Lifetime pours"),
        translate("Lifetime (fen)"),
    ]
    found = _entries(uow, member, device_id, asked)
    rows = [head, *(_row(entry, formats) for entry in found)]
    return exports.excel(uow, member, name=f"logbook-{device_id}", rows=rows)


def csv_of(
    request: Request, uow: UnitOfWork, member: Member, device_id: str, window: Window
) -> Response:
    """The readings of a window as CSV."""
    rows = readings_table(uow, member.scope, device_id, window, formats_of(request))
    return exports.csv(uow, member, name=f"readings-{device_id}", rows=rows)


def _entries(uow: UnitOfWork, member: Member, device_id: str, asked: Pages) -> list[LogEntry]:
    return reports.logbook(
        uow,
        scope=member.scope,
        device_id=device_id,
        since=asked.since,
        until=asked.until,
        kind=asked.kind,
    )


def _row(entry: LogEntry, formats: Formats) -> list[Cell]:
    translate, facts = formats.translate, entry.facts
    totals = [facts.get(name) for name in ("total_ml", "total_n", "total_fen")]
    return [
        formats.exact(entry.at),
        translate(labels.of(entry.kind)),
        translate(labels.of(entry.code, "log")),
        _details(entry, formats),
        *("" if total is None else total for total in totals),
    ]


def _details(entry: LogEntry, formats: Formats) -> str:
    facts, translate = entry.facts, formats.translate
    if entry.finding is not None:
        return sentences.plain(entry.finding, formats.locale)
    match entry.kind:
        case LogKind.METER:
            pours = translate("%(n)s pours") % {"n": formats.count(facts["pours"])}
            return f"{formats.litres(facts['ml'])} · {pours}"
        case LogKind.REPAIR:
            parts = ", ".join(f"{part} × {count}" for part, count in facts["parts"].items())
            return " · ".join(filter(None, (facts["number"], parts)))
        case LogKind.ALARM if "cleared_at" in facts:
            return f"→ {formats.exact(datetime.fromisoformat(facts['cleared_at']))}"
    return translate(labels.of(facts["filter"], "filter")) if "filter" in facts else ""
