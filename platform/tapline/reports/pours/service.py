from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tapline import ledger
from tapline.cards import vouchers
from tapline.cards.facts import Charge, Fact
from tapline.devices import Device
from tapline.errors import NotFoundError
from tapline.ledger import StatementLine
from tapline.reconciliation import Finding
from tapline.refunds import Refund
from tapline.reports.pours.repository import Key, PourReads, PourRow
from tapline.reports.pours.rules import MoneyBack, money_back
from tapline.sites import Site
from tapline.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Place:
    """A machine, as people speak of it."""

    device: Device
    site: Site | None


@dataclass(frozen=True, slots=True)
class Pour:
    """A fact with everything that followed from it. Amounts in fen, water in ml."""

    fact: Fact
    charge: Charge
    place: Place
    findings: list[Finding] = field(default_factory=list)
    back: MoneyBack | None = None
    back_place: Place | None = None

    @property
    def at(self) -> datetime:
        """When it happened, by the device's clock where that could be read."""
        return self.fact.moment or self.fact.received_at


def of_card(
    uow: UnitOfWork, *, tenant_id: str, card_no: str, limit: int = 30, before: Key | None = None
) -> list[Pour]:
    """What was done with a card, newest first; `before` the last (device, seq) seen, to page on."""
    rows = PourReads(uow, tenant_id).of_card(card_no, limit, before)
    return _told(uow, tenant_id, card_no, rows)


def chain(uow: UnitOfWork, *, tenant_id: str, card_no: str, limit: int = 200) -> list[Pour]:
    """The card's own chain, by its counter, newest first."""
    rows = PourReads(uow, tenant_id).chain(card_no, limit)
    return _told(uow, tenant_id, card_no, rows)


def pour(uow: UnitOfWork, *, tenant_id: str, card_no: str, device_id: str, seq: int) -> Pour:
    """One pour of this card; `NotFoundError` where the card has none such."""
    row = PourReads(uow, tenant_id).find(device_id, seq)
    if row is None or row.fact.card_no != card_no:
        raise NotFoundError("this card has no such pour")
    return _told(uow, tenant_id, card_no, [row])[0]


def pours_named(
    uow: UnitOfWork, *, tenant_id: str, card_no: str, keys: Collection[Key]
) -> dict[Key, Pour]:
    """(device, seq) -> pour, of those that are this card's."""
    rows = PourReads(uow, tenant_id).named(card_no, keys)
    told = _told(uow, tenant_id, card_no, rows)
    return {(pour.fact.device_id, pour.fact.seq): pour for pour in told}


def places(uow: UnitOfWork, *, tenant_id: str, device_ids: Collection[str]) -> dict[str, Place]:
    """Machines as people speak of them."""
    found = PourReads(uow, tenant_id).places(device_ids)
    return {device_id: Place(*place) for device_id, place in found.items()}


def neighbours(
    uow: UnitOfWork, *, tenant_id: str, device_id: str, seq: int, each_way: int = 5
) -> list[Pour]:
    """What the device reported around `seq`, oldest first."""
    rows = PourReads(uow, tenant_id).around(device_id, seq, each_way)
    return [Pour(row.fact, row.charge, Place(row.device, row.site)) for row in rows]


def ledger_lines(
    uow: UnitOfWork, *, tenant_id: str, device_id: str, seq: int
) -> list[StatementLine]:
    """Every line that was posted because of a fact, in the order of posting."""
    reads = PourReads(uow, tenant_id)
    row = reads.find(device_id, seq)
    refund = reads.refunds([(device_id, seq)]).get((device_id, seq))
    keys = [f"dev:{device_id}:{seq}"]
    for revision in range(1, (row.charge.revision if row else 0) + 1):
        keys += [f"restate:{device_id}:{seq}:{revision}:{step}" for step in ("undo", "redo")]
    keys += _fix_keys(refund)
    posted = ledger.entries_for_keys(uow, tenant_id=tenant_id, keys=keys)
    return sorted((line for lines in posted.values() for line in lines), key=_posting_order)


def _posting_order(line: StatementLine) -> tuple[int, str]:
    return line.journal_id, line.code


def _told(uow: UnitOfWork, tenant_id: str, card_no: str, rows: Sequence[PourRow]) -> list[Pour]:
    if not rows:
        return []
    reads = PourReads(uow, tenant_id)
    keys = [(row.fact.device_id, row.fact.seq) for row in rows]
    findings, refunds = reads.findings(keys), reads.refunds(keys)
    backs = _backs(uow, tenant_id, card_no, refunds)
    places = reads.places({back.device_id for back in backs.values() if back.device_id})
    return [
        Pour(
            row.fact,
            row.charge,
            Place(row.device, row.site),
            findings.get(key, []),
            back := backs.get(key),
            Place(*places[back.device_id]) if back and back.device_id else None,
        )
        for key, row in zip(keys, rows, strict=True)
    ]


def _backs(
    uow: UnitOfWork, tenant_id: str, card_no: str, refunds: dict[Key, Refund]
) -> dict[Key, MoneyBack]:
    if not refunds:
        return {}
    posted_at = PourReads(uow, tenant_id).last_posted([r.refund_id for r in refunds.values()])
    written = vouchers.of_card(uow, tenant_id=tenant_id, card_no=card_no)
    keys = {key: _fix_keys(refund) for key, refund in refunds.items()}
    wanted = [each for several in keys.values() for each in several]
    lines = ledger.entries_for_keys(uow, tenant_id=tenant_id, keys=wanted)
    backs = {
        key: money_back(
            refund,
            written,
            [line for each in keys[key] for line in lines.get(each, [])],
            posted_at.get(refund.refund_id, refund.updated_at),
        )
        for key, refund in refunds.items()
    }
    return {key: back for key, back in backs.items() if back is not None}


def _fix_keys(refund: Refund | None) -> list[str]:
    if refund is None:
        return []
    return [
        f"fix:{refund.device_id}:{refund.seq}:{revision}"
        for revision in range(1, refund.revision + 1)
    ]
