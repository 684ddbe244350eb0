"""A bill's lines held against our payments, our payouts and the ledger's lines of both. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tapline.payments.bills.model import BillLine, LineKind
from tapline.payments.breaks.model import BreakKind
from tapline.payments.breaks.rules import Difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """A payment or a payout of ours, as far as a bill is held against it."""

    number: str | None
    """As a bill names it; null for a payment that nobody has made."""
    amount_fen: int
    is_done: bool
    """Whether the money moved, as we know."""
    booked_fen: int | None
    """What the ledger has of it at the provider; null where it was brought along."""
    at: datetime | None = None
    payment_id: UUID | None = None
    payout_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """Our side. Payments by the provider's number, and by the one we gave; payouts by ours."""

    payments: Mapping[str, Ours] = field(default_factory=dict)
    asked_for: Mapping[str, Ours] = field(default_factory=dict)
    payouts: Mapping[str, Ours] = field(default_factory=dict)
    of_day: Sequence[tuple[LineKind, Ours]] = ()
    """What was done on the bill's day and must be on some bill."""
    on_earlier: frozenset[tuple[LineKind, str]] = frozenset()
    """What of the bill is on one of an earlier day already."""
    on_others: frozenset[tuple[LineKind, str]] = frozenset()
    """What of `of_day` is on any other bill."""


def differences(lines: Sequence[BillLine], books: Books) -> list[Difference]:
    """What differs, at most one of a kind and number, in order of lines."""
    found = [*_of_lines(lines, books), *_not_on_bill(lines, books)]
    return list({(one.kind, one.number): one for one in reversed(found)}.values())[::-1]


def _of_lines(lines: Sequence[BillLine], books: Books) -> Iterator[Difference]:
    seen: set[tuple[LineKind, str]] = set()
    for line in lines:
        name = (line.kind, line.number)
        if name in seen or name in books.on_earlier:
            yield _told(BreakKind.TWICE, line, None, ours_fen=0)
            continue
        seen.add(name)
        judge = _payment if line.kind is LineKind.PAYMENT else _refund
        if difference := judge(line, books):
            yield difference


def _payment(line: BillLine, books: Books) -> Difference | None:
    ours = books.payments.get(line.number)
    if ours is not None:
        return _compared(line, ours)
    ours = books.asked_for.get(line.out_trade_no)
    if ours is not None and ours.is_done:
        return _told(BreakKind.PAID_AGAIN, line, ours, ours_fen=0)
    if ours is not None and ours.amount_fen != line.amount_fen:
        return _told(BreakKind.AMOUNT, line, ours, ours_fen=0)
    return _told(BreakKind.PAID_THERE, line, ours, ours_fen=0)


def _refund(line: BillLine, books: Books) -> Difference | None:
    ours = books.payouts.get(line.number)
    if ours is None:
        return _told(BreakKind.REFUNDED_THERE, line, None, ours_fen=0)
    if ours.amount_fen != line.amount_fen:
        booked_fen = ours.booked_fen if ours.is_done else 0
        return _told(BreakKind.AMOUNT, line, ours, ours_fen=booked_fen or 0)
    if not ours.is_done:
        return _told(BreakKind.REFUNDED_THERE, line, ours, ours_fen=0)
    return _compared(line, ours)


def _compared(line: BillLine, ours: Ours) -> Difference | None:
    if ours.amount_fen != line.amount_fen:
        return _told(BreakKind.AMOUNT, line, ours, ours_fen=ours.amount_fen)
    if ours.booked_fen is not None and ours.booked_fen != ours.amount_fen:
        return _told(BreakKind.BOOKED, line, ours, ours_fen=ours.booked_fen)
    return None


def _not_on_bill(lines: Sequence[BillLine], books: Books) -> Iterator[Difference]:
    on_bills = {(line.kind, line.number) for line in lines} | books.on_others
    for kind, ours in books.of_day:
        if ours.number is None or (kind, ours.number) in on_bills:
            continue
        is_payment = kind is LineKind.PAYMENT
        yield Difference(
            kind=BreakKind.PAID_HERE if is_payment else BreakKind.REFUNDED_HERE,
            number=ours.number,
            ours_fen=ours.amount_fen,
            theirs_fen=0,
            payment_id=ours.payment_id,
            payout_id=ours.payout_id,
            happened_at=ours.at,
        )


def _told(kind: BreakKind, line: BillLine, ours: Ours | None, *, ours_fen: int) -> Difference:
    return Difference(
        kind=kind,
        number=line.number,
        ours_fen=ours_fen,
        theirs_fen=line.amount_fen,
        line=line.line,
        payment_id=ours.payment_id if ours else None,
        payout_id=ours.payout_id if ours else None,
        happened_at=line.at,
    )
