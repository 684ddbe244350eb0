"""What a customer reads of his card's money, on the page and as a table to keep."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from tapline import cards, clock, reports
from tapline.cards import Card
from tapline.files.sheets import Cell
from tapline.reconciliation import sentences
from tapline.reports import Booking, History, Line, Position
from tapline.uow import UnitOfWork
from tapline_api import labels
from tapline_api.formats import Formats

_PAGE = 40
_TOLD_UNMOVED = frozenset({"purse_restored", "purse_restored_less"})
"""What changes nothing of a card's worth and is told all the same."""


def statement_of(
    uow: UnitOfWork,
    card: Card,
    *,
    month: str | None = None,
    before: str | None = None,
    limit: int = _PAGE,
) -> History:
    """A page of what concerns the holder: his water, his money, and what was done to his card."""
    first, last = _bounds(month)
    held_since = cards.held_since(uow, tenant_id=card.tenant_id, card_no=card.card_no)
    page = reports.card_history(
        uow,
        tenant_id=card.tenant_id,
        card_no=card.card_no,
        limit=limit,
        before=Position.parse(before) if before else None,
        since=max(filter(None, (first, held_since)), default=None),
        until=last,
    )
    mine = (one for one in page.lines if held_since is None or one.at >= held_since)
    return History([line for line in mine if _concerns(line, card.card_no)], page.rest)


def table_of(page: History, card: Card, formats: Formats) -> list[list[Cell]]:
    """The statement as rows, headings first; money in fen, water in ml."""
    return [_HEAD, *(_row(line, card.card_no, formats) for line in page.lines)]


def _bounds(month: str | None) -> tuple[datetime | None, datetime | None]:
    if month is None:
        return None, None
    first = date.fromisoformat(f"{month}-01")
    after = (first + timedelta(days=31)).replace(day=1)
    return clock.begins(first), clock.begins(after)


def _concerns(line: Line, card_no: str) -> bool:
    if (booking := line.booking) is not None:
        return _is_told(booking, card_no)
    return line.pour is not None or line.step is not None


def _is_told(booking: Booking, card_no: str) -> bool:
    return booking.change_fen(card_no) != 0 or booking.kind in _TOLD_UNMOVED


_HEAD: list[Cell] = ["time", "what", "machine", "water_ml", "change_fen", "explanation"]


def _row(line: Line, card_no: str, formats: Formats) -> list[Cell]:
    when = line.at.astimezone(clock.BUSINESS_ZONE).strftime("%Y-%m-%d %H:%M:%S")
    pour = line.pour or line.about
    what = "; ".join(_explained(line, formats.locale))
    name = formats.translate(labels.of(*_named(line)))
    machine = pour.fact.device_id if pour else ""
    water = line.pour.fact.ml if line.pour and line.pour.fact.op != "load" else ""
    return [when, name, machine, water, line.change_fen(card_no), what]


def _named(line: Line) -> tuple[object, str]:
    if line.pour is not None:
        return ("voucher_confirm" if line.pour.fact.op == "load" else "pour"), ""
    if line.booking is not None:
        return line.booking.kind, "journal"
    assert line.step is not None
    return line.step.act, ""


def _explained(line: Line, locale: str) -> Iterator[str]:
    if pour := line.pour or line.about:
        for finding in pour.findings:
            yield sentences.plain(finding, locale)
