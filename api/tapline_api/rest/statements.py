"""A card's statement, journal by journal, and the proof that it is what was sealed."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from tapline import audit, cards, clock, ledger, reports
from tapline.errors import InvalidError
from tapline.files import sheets
from tapline.files.sheets import Cell
from tapline.ledger import Days
from tapline.reconciliation import sentences
from tapline.reports import CardStatement, Purses, StatementEntry
from tapline.uow import UnitOfWork
from tapline_api import labels
from tapline_api.deps import ApiAgent, Member, Transaction
from tapline_api.formats import Formats, formats_of

router = APIRouter(prefix="/cards", tags=["cards"])

_ENTRIES_MAX = 50_000
"""In one table: more than a card sees in ten years."""


class Form(StrEnum):
    """How a statement is written down."""

    JSON = "json"
    CSV = "csv"


class PursesOut(BaseModel):
    """Amounts in fen. `balance_fen` = principal + bonus + pending load − receivable; of it
    `pending_load_fen`, bonus included, waits to be written to the card."""

    balance_fen: int
    principal_fen: int
    bonus_fen: int
    pending_load_fen: int
    receivable_fen: int


class FactOut(BaseModel):
    """A machine's record; with its findings at `/cards/{card_no}/pours`."""

    device_id: str
    seq: int


class EntryOut(BaseModel):
    """One journal. `gains_fen` says what it did to each purse of the card, a debt counted below
    zero; `against_fen` what came from each other account (above zero) or went there. A `held` one
    only reserves, and changes nothing. `words` are in the language of Accept-Language."""

    journal_id: int
    key: str
    kind: str
    words: str
    explanation: list[str]
    happened_at: datetime
    recorded_at: datetime
    held: bool
    change_fen: int
    gains_fen: dict[str, int]
    against_fen: dict[str, int]
    after: PursesOut
    fact: FactOut | None


class OnItsWay(BaseModel):
    """What waits now to be written to the card; `device_id` names the machine that has got a
    voucher over `leased_fen` of it."""

    amount_fen: int
    since: datetime | None
    leased_fen: int
    device_id: str | None


class StatementOut(BaseModel):
    """`opening` and all entries of all pages add up to the `closing` of the last page. Send
    `next_cursor` as `cursor` for the next page; null where this is the last."""

    card_no: str
    first_day: date
    last_day: date
    opening: PursesOut
    closing: PursesOut
    on_its_way: OnItsWay | None
    entries: list[EntryOut]
    next_cursor: int | None


@router.get("/{card_no}/statement", response_model=StatementOut)
def get_statement(
    *,
    request: Request,
    uow: Transaction,
    member: ApiAgent,
    card_no: str,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    cursor: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    form: Annotated[Form, Query(alias="format")] = Form.JSON,
) -> StatementOut | Response:
    """Every journal that touched the card on the business days `from` to `to`, both included,
    oldest first; this month's by default. `csv` is the whole of it at once."""
    days, formats, whole = _days(first, last), formats_of(request), form is Form.CSV
    _on_record(uow, member, card_no)
    found = reports.card_statement(
        uow,
        tenant_id=member.tenant_id,
        card_no=card_no,
        days=days,
        after=0 if whole else cursor,
        limit=_ENTRIES_MAX if whole else limit,
    )
    if whole:
        return _table(found, card_no, days, formats)
    return StatementOut(
        card_no=card_no,
        first_day=days.first,
        last_day=days.last,
        opening=_purses(found.opening),
        closing=_purses(found.closing),
        on_its_way=_on_its_way(uow, member, card_no),
        entries=[_entry(one, card_no, formats) for one in found.entries],
        next_cursor=found.rest,
    )


@router.get("/{card_no}/proof")
def get_proof(uow: Transaction, member: ApiAgent, card_no: str) -> dict[str, Any]:
    """All sealed journals of the card with what leads from each to the newest seal: `tapline ledger
    check` holds it against a head that its reader kept, without a database."""
    _on_record(uow, member, card_no)
    return dict(ledger.prove(uow, tenant_id=member.tenant_id, card_no=card_no))


def _days(first: date | None, last: date | None) -> Days:
    last = last or clock.business_date(clock.now())
    first = first or last.replace(day=1)
    if not date(2000, 1, 1) <= first <= last <= date(2199, 12, 31):
        raise InvalidError(f"from {first} to {last}: give two days, the earlier one as `from`")
    return Days(first, last)


def _on_record(uow: UnitOfWork, member: Member, card_no: str) -> None:
    cards.get(uow, tenant_id=member.tenant_id, card_no=card_no)
    audit.record(
        uow,
        tenant_id=member.tenant_id,
        actor=member.actor,
        action="card.read",
        subject=f"card:{card_no}",
    )


def _purses(held: Purses) -> PursesOut:
    return PursesOut(
        balance_fen=held.balance_fen,
        principal_fen=held.principal,
        bonus_fen=held.bonus,
        pending_load_fen=held.pending_fen,
        receivable_fen=-held.receivable,
    )


def _entry(entry: StatementEntry, card_no: str, formats: Formats) -> EntryOut:
    booking = entry.booking
    return EntryOut(
        journal_id=booking.journal_id,
        key=booking.key,
        kind=booking.kind,
        words=_words(entry, formats),
        explanation=[sentences.plain(one, formats.locale) for one in entry.findings],
        happened_at=booking.event_at,
        recorded_at=booking.recorded_at,
        held=booking.is_held,
        change_fen=entry.change_fen,
        gains_fen=dict(entry.gains),
        against_fen={code: fen for code, fen in booking.others(card_no).items() if fen},
        after=_purses(entry.after),
        fact=FactOut(device_id=entry.fact[0], seq=entry.fact[1]) if entry.fact else None,
    )


def _words(entry: StatementEntry, formats: Formats) -> str:
    return formats.translate(labels.of(entry.booking.kind, "journal"))


def _on_its_way(uow: UnitOfWork, member: Member, card_no: str) -> OnItsWay | None:
    waiting = reports.money_waiting(uow, tenant_id=member.tenant_id, card_no=card_no)
    if waiting is None:
        return None
    return OnItsWay(
        amount_fen=waiting.amount_fen,
        since=waiting.since,
        leased_fen=waiting.leased_fen,
        device_id=waiting.place.device.device_id if waiting.place else None,
    )


_HEAD: list[Cell] = [
    *("recorded", "happened", "journal", "key", "kind", "words", "device", "seq", "held"),
    *("change_fen", "balance_fen", "pending_load_fen", "explanation"),
]


def _table(found: CardStatement, card_no: str, days: Days, formats: Formats) -> Response:
    opening: list[Cell] = ["", "", "", "", "opening", "", "", "", "", ""]
    closing: list[Cell] = ["", "", "", "", "closing", "", "", "", "", ""]
    rows = [
        _HEAD,
        [*opening, found.opening.balance_fen, found.opening.pending_fen, ""],
        *(_row(one, formats) for one in found.entries),
        [*closing, found.closing.balance_fen, found.closing.pending_fen, ""],
    ]
    name = f"statement-{card_no[-4:]}-{days.first}-{days.last}.csv"
    return Response(
        sheets.csv_bytes(rows),
        media_type=sheets.CSV_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _row(entry: StatementEntry, formats: Formats) -> list[Cell]:
    booking, (device_id, seq) = entry.booking, entry.fact or ("", "")
    return [
        _shown(booking.recorded_at),
        _shown(booking.event_at),
        booking.journal_id,
        booking.key,
        booking.kind,
        _words(entry, formats),
        device_id,
        seq,
        "held" if booking.is_held else "",
        entry.change_fen,
        entry.after.balance_fen,
        entry.after.pending_fen,
        "; ".join(sentences.plain(one, formats.locale) for one in entry.findings),
    ]


def _shown(moment: datetime) -> str:
    return f"{moment.astimezone(clock.BUSINESS_ZONE):%Y-%m-%d %H:%M:%S}"
