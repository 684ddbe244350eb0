from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tapline import ledger
from tapline.cards import vouchers
from tapline.reconciliation import Finding
from tapline.refunds import goodwill
from tapline.reports.histories.repository import HistoryReads
from tapline.reports.histories.rules import Booking, History, Line, Position, Waiting, What
from tapline.reports.pours.service import Pour, places, pours_named
from tapline.uow import UnitOfWork


def history(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    card_no: str,
    limit: int = 50,
    before: Position | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> History:
    """The newest `limit` lines of a card, newest first, as they came to us; `before` the position
    of the last one seen, to page on. Of those from `since` on and before `until` alone."""
    reads = HistoryReads(uow, tenant_id)
    positions = reads.positions(card_no, limit, before, since, until)
    page = _Page(uow, tenant_id, card_no, positions)
    lines = [line for position in positions if (line := page.line(position))]
    return History(lines, positions[-1] if len(positions) == limit else None)


def waiting(uow: UnitOfWork, *, tenant_id: str, card_no: str) -> Waiting | None:
    """What is on its way onto the purse of a card, and how far it has got; None where nothing."""
    money = ledger.card(uow, tenant_id=tenant_id, card_no=card_no)
    if money.pending_load_fen <= 0:
        return None
    out = vouchers.leased(uow, tenant_id=tenant_id, card_no=card_no)
    where = places(uow, tenant_id=tenant_id, device_ids=[out.device_id]) if out else {}
    return Waiting(
        money.pending_load_fen,
        HistoryReads(uow, tenant_id).waiting_since(card_no),
        out.amount_fen if out else 0,
        out.leased_at if out else None,
        where.get(out.device_id) if out else None,
    )


def about_card(uow: UnitOfWork, *, tenant_id: str, card_no: str) -> Sequence[Finding]:
    """What was found about a card as such, not about a pour or a position of its counter."""
    found = HistoryReads(uow, tenant_id).leaps(card_no)
    return [finding for finding in found if finding.subject == f"card:{card_no}"]


@dataclass(frozen=True, slots=True)
class _Refs:
    """What the positions of a page name, by kind."""

    facts: Sequence[tuple[str, int]]
    journals: Sequence[int]
    steps: Sequence[int]
    blocks: Sequence[UUID]


class _Page:
    """All that the lines of one page speak of, each kind asked for once."""

    def __init__(
        self, uow: UnitOfWork, tenant_id: str, card_no: str, positions: Iterable[Position]
    ) -> None:
        reads, refs = HistoryReads(uow, tenant_id), _refs(positions)
        booked = reads.bookings(refs.journals, [])
        self._by_id = {one.journal_id: one for one in booked.values()}
        self._pours = pours_named(
            uow,
            tenant_id=tenant_id,
            card_no=card_no,
            keys={*refs.facts, *filter(None, map(_fact_of, booked.values()))},
        )
        keys = [key for ref in refs.facts if (pour := self._pours.get(ref)) for key in _keys(pour)]
        self._bookings = reads.bookings([], keys)
        self._steps = reads.steps(refs.steps)
        self._blocks = reads.blocks(refs.blocks)
        given = goodwill.of_pours(uow, tenant_id=tenant_id, keys=refs.facts)
        # A pour that was another card's may still have what that one was given for it.
        self._given = {key: one for key, one in given.items() if one.card_no == card_no}
        self._leaps: dict[int, list[Finding]] = {}
        for finding in reads.leaps(card_no):
            atc = finding.subject.rpartition(":")[2]
            if finding.subject.count(":") == 2 and atc.isdigit():
                self._leaps.setdefault(int(atc), []).append(finding)
        named = {str(d) for one in booked.values() if (d := one.source.get("device"))}
        self._places = places(uow, tenant_id=tenant_id, device_ids=named)

    def line(self, position: Position) -> Line | None:
        """One line; None where its fact turned out to be another card's."""
        match position.what:
            case What.FACT:
                device_id, _, seq = position.ref.rpartition(":")
                return self._pour(position, (device_id, int(seq)))
            case What.JOURNAL:
                return self._booked(position, self._by_id[int(position.ref)])
            case What.STEP:
                return Line(position, step=self._steps[int(position.ref)])
        return Line(position, block=self._blocks[UUID(position.ref)])

    def _pour(self, position: Position, key: tuple[str, int]) -> Line | None:
        pour = self._pours.get(key)
        if pour is None:
            return None
        return Line(
            position,
            pour=pour,
            bookings=[self._bookings[key] for key in _keys(pour) if key in self._bookings],
            leaps=self._leaps.get(pour.fact.atc, []) if pour.fact.atc is not None else [],
            goodwill=self._given.get(key),
        )

    def _booked(self, position: Position, booking: Booking) -> Line:
        fact = _fact_of(booking)
        return Line(
            position,
            bookings=[booking],
            place=self._places.get(str(booking.source.get("device"))),
            about=self._pours.get(fact) if fact else None,
        )


def _refs(positions: Iterable[Position]) -> _Refs:
    refs: Mapping[str, list[str]] = {what.value: [] for what in What}
    for position in positions:
        refs[position.what].append(position.ref)
    facts = [ref.rpartition(":") for ref in refs[What.FACT]]
    return _Refs(
        facts=[(device_id, int(seq)) for device_id, _, seq in facts],
        journals=[int(ref) for ref in refs[What.JOURNAL]],
        steps=[int(ref) for ref in refs[What.STEP]],
        blocks=[UUID(ref) for what in (What.BLOCK, What.UNBLOCK) for ref in refs[what]],
    )


def _fact_of(booking: Booking) -> tuple[str, int] | None:
    """The fact that a journal speaks of."""
    device_id, seq = booking.source.get("device"), booking.source.get("seq")
    return None if device_id is None or seq is None else (str(device_id), int(seq))


def _keys(pour: Pour) -> list[str]:
    """Of what was posted for a fact, corrections apart."""
    fact = pour.fact
    keys = [f"dev:{fact.device_id}:{fact.seq}"]
    for revision in range(1, pour.charge.revision + 1):
        keys += [f"restate:{fact.device_id}:{fact.seq}:{revision}:{s}" for s in ("undo", "redo")]
    if fact.load_id is not None:
        keys.append(f"load:{fact.load_id}:confirm")
    return keys
