from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from tapline import clock, devices, ledger
from tapline.cards import vouchers
from tapline.cards.facts.model import Charge, FactFlaw, Payer
from tapline.cards.facts.repository import ChargeRepository, FactRepository, Key, Version
from tapline.cards.facts.rules import (
    UNPROVEN,
    Bearing,
    Restatement,
    Verdict,
    bearing,
    charging,
    discharging,
)
from tapline.cards.repository import CardRepository
from tapline.events import DuplicatesSeen, FactsStored
from tapline.uow import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class FactIn:
    """A fact as it arrives. Amounts in fen, water in ml; `flaw` where it could not be read."""

    device_id: str
    seq: int
    content_hash: bytes
    inbox_id: int
    boot: int
    flaw: FactFlaw | None = None
    op: str = "debit"
    ts: str = ""
    moment: datetime | None = None
    clk: str | None = None
    off: bool = False
    card_no: str | None = None
    card_kind: str | None = None
    atc: int | None = None
    bal_before_fen: int | None = None
    amt_fen: int = 0
    bal_after_fen: int | None = None
    tariff: int | None = None
    ml: int = 0
    ml_req: int | None = None
    pulses: int | None = None
    nozzle: int | None = None
    status: str = ""
    auth: str | None = None
    load_id: str | None = None
    total_n: int | None = None
    total_fen: int | None = None
    total_ml: int | None = None
    tac: str | None = None

    @property
    def key(self) -> Key:
        return (self.device_id, self.seq)


# `dataclasses.asdict` copies every value deeply, which cost a fifth of the whole path.
_COLUMNS = tuple(field.name for field in fields(FactIn))
_VALUES = attrgetter(*_COLUMNS)


@dataclass(frozen=True, slots=True)
class Released:
    """The answer to a batch: a verdict for each fact, in order, and where each device stands."""

    verdicts: list[Verdict]
    upto: dict[str, int]


def ingest(uow: UnitOfWork, *, tenant_id: str, facts: Sequence[FactIn]) -> Released:
    """Store a batch of one tenant's facts, post the new ones, and say what may be released.

    The first readable version of a fact is posted at once; what other versions and the card's
    neighbours say of it is reconciliation's business, which hears of every card touched here.
    """
    if not facts:
        return Released([], {})
    sorting = _sorted_out(FactRepository(uow).versions({fact.key for fact in facts}), facts)
    if sorting.new:
        _store(uow, tenant_id, sorting.new)
    commands = [*_charge(uow, tenant_id, sorting.first), *_settle(uow, tenant_id, sorting.new)]
    if commands:
        ledger.post(uow, tenant_id=tenant_id, commands=commands)
    if sorting.ml_req:
        FactRepository(uow).raise_ml_req(sorting.ml_req)
    if sorting.cards:
        uow.emit(FactsStored(tenant_id=tenant_id, cards=tuple(sorted(sorting.cards))))
    if sorting.duplicates:
        seen = tuple(sorted(sorting.duplicates, key=lambda one: one[:2]))
        uow.emit(DuplicatesSeen(tenant_id=tenant_id, facts=seen))
    stored: dict[str, set[int]] = {fact.device_id: set() for fact in facts}
    for fact in facts:
        stored[fact.device_id].add(fact.seq)
    upto = devices.advance_streams(uow, stored=stored, beyond=FactRepository(uow).seqs_beyond)
    return Released(sorting.verdicts, upto)


def recount(uow: UnitOfWork, *, device_id: str) -> int:
    """Move a device's stream on after it declared facts lost or said hello; its new `upto`."""
    beyond = FactRepository(uow).seqs_beyond
    return devices.advance_streams(uow, stored={device_id: set()}, beyond=beyond)[device_id]


class _Sorting:
    """A batch sorted out: what is new, what came first under its name, what came again."""

    def __init__(self) -> None:
        self.verdicts: list[Verdict] = []
        self.new: list[FactIn] = []
        self.first: list[FactIn] = []
        self.ml_req: dict[tuple[str, int, bytes], int] = {}
        self.duplicates: set[tuple[str, int, str | None]] = set()
        self.cards: set[str] = set()


def _sorted_out(stored: dict[Key, list[Version]], facts: Sequence[FactIn]) -> _Sorting:
    sorting = _Sorting()
    for fact in facts:
        versions = stored.setdefault(fact.key, [])
        same = [known for known in versions if known.content_hash == fact.content_hash]
        verdict = _repeated(sorting, fact, same[0]) if same else _arrived(sorting, fact, versions)
        sorting.verdicts.append(verdict)
    return sorting


def _repeated(sorting: _Sorting, fact: FactIn, known: Version) -> Verdict:
    sorting.duplicates.add((*fact.key, fact.card_no))
    if known.readable and (fact.ml_req or 0) > (known.ml_req or 0):
        name = (*fact.key, fact.content_hash)
        sorting.ml_req[name] = max(fact.ml_req or 0, sorting.ml_req.get(name, 0))
        if fact.card_no is not None:
            sorting.cards.add(fact.card_no)
    return Verdict.DUP


def _arrived(sorting: _Sorting, fact: FactIn, versions: list[Version]) -> Verdict:
    rivals = [known for known in versions if known.readable]
    readable = fact.flaw is None
    versions.append(Version(fact.content_hash, readable, fact.ml_req, fact.card_no))
    sorting.new.append(fact)
    if not readable:
        return Verdict.QUARANTINED
    sorting.cards |= {card for card in (fact.card_no, *(r.card_no for r in rivals)) if card}
    if rivals:
        return Verdict.QUARANTINED
    sorting.first.append(fact)
    return Verdict.ACCEPTED


def _store(uow: UnitOfWork, tenant_id: str, facts: Sequence[FactIn]) -> None:
    context = {"tenant_id": tenant_id, "received_at": clock.now()}
    FactRepository(uow).add(
        [dict(zip(_COLUMNS, _VALUES(fact), strict=True)) | context for fact in facts]
    )


def _charge(uow: UnitOfWork, tenant_id: str, facts: Sequence[FactIn]) -> list[ledger.Command]:
    """Note who bears facts that are the first under their name; the commands that post it."""
    if not facts:
        return []
    card_nos = {fact.card_no for fact in facts if fact.card_no is not None}
    issued = CardRepository(uow).issued(tenant_id, card_nos)
    bearings = [
        bearing(
            op=fact.op,
            status=fact.status,
            card_no=fact.card_no,
            amt_fen=fact.amt_fen,
            known=fact.card_no in issued,
        )
        for fact in facts
    ]
    ChargeRepository(uow).add(
        [_charge_row(tenant_id, fact, borne) for fact, borne in zip(facts, bearings, strict=True)]
    )
    return [
        _pour_command(fact, movement)
        for fact, borne in zip(facts, bearings, strict=True)
        if (movement := charging(borne, fact.device_id)) is not None
    ]


def _settle(uow: UnitOfWork, tenant_id: str, facts: Sequence[FactIn]) -> list[ledger.Command]:
    """The commands that settle the vouchers which facts say were written.

    Any version says so, not the first alone: a voucher's id is known to its machine only, and
    which version came first plays no part.
    """
    writes = [
        vouchers.Write(fact.load_id, fact.device_id, fact.seq, fact.card_no, fact.amt_fen)
        for fact in facts
        if fact.op == "load" and fact.status not in UNPROVEN
    ]
    return vouchers.settled_by(uow, tenant_id=tenant_id, writes=writes) if writes else []


def _charge_row(tenant_id: str, fact: FactIn, borne: Bearing) -> dict[str, Any]:
    return {
        "device_id": fact.device_id,
        "seq": fact.seq,
        "tenant_id": tenant_id,
        "standing_hash": fact.content_hash,
        "payer": borne.payer,
        "card_no": borne.card_no,
        "amount_fen": borne.amount_fen,
        "revision": 0,
        "reason": borne.reason,
    }


def _pour_command(fact: FactIn, movement: ledger.Movement) -> ledger.Command:
    return ledger.Command(
        key=f"dev:{fact.device_id}:{fact.seq}",
        kind="pour",
        event_at=fact.moment or clock.now(),
        movement=movement,
        content=fact.content_hash,
        source={"subject": _subject(fact.device_id, fact.seq), "inbox": fact.inbox_id},
    )


def _subject(device_id: str, seq: int) -> str:
    """By what suspense accounts sort their entries out: what comes and goes under one name."""
    return f"dev:{device_id}:{seq}"


def restate(uow: UnitOfWork, *, tenant_id: str, restatements: Sequence[Restatement]) -> list[Key]:
    """Make the ledger hold something else for facts than it does; the names of those changed.

    A restatement equal to what is held changes nothing. Each change is one journal a direction,
    under `restate:{device}:{seq}:{revision}`, posted in one batch.
    """
    charges = ChargeRepository(uow).locked({(one.device_id, one.seq) for one in restatements})
    commands: list[ledger.Command] = []
    changed: list[Key] = []
    for one in restatements:
        charge = charges[one.device_id, one.seq]
        held = Bearing(charge.payer, charge.card_no, charge.amount_fen, charge.reason)
        if (one.standing_hash, one.bearing) == (charge.standing_hash, held):
            continue
        changed.append((one.device_id, one.seq))
        charge.revision += 1
        commands += _restating(charge, held, one)
        charge.standing_hash = one.standing_hash
        charge.payer, charge.card_no = one.bearing.payer, one.bearing.card_no
        charge.amount_fen, charge.reason = one.bearing.amount_fen, one.bearing.reason
    if commands:
        ledger.post(uow, tenant_id=tenant_id, commands=commands)
    return changed


def _restating(charge: Charge, held: Bearing, new: Restatement) -> list[ledger.Command]:
    if _same_money(held, new.bearing):
        return []
    key = f"restate:{charge.device_id}:{charge.seq}:{charge.revision}"
    moves: Mapping[str, ledger.Movement | None] = {
        "undo": discharging(held, charge.device_id),
        "redo": charging(new.bearing, charge.device_id),
    }
    now = clock.now()
    return [
        ledger.Command(
            key=f"{key}:{step}",
            kind=f"restate_{step}",
            event_at=now,
            movement=movement,
            content={"payer": new.bearing.payer, "fen": new.bearing.amount_fen},
            source={
                "subject": _subject(charge.device_id, charge.seq),
                "why": new.bearing.reason,
            },
        )
        for step, movement in moves.items()
        if movement is not None
    ]


def _same_money(one: Bearing, other: Bearing) -> bool:
    if one.amount_fen == other.amount_fen == 0:
        return True
    return (one.payer, one.amount_fen) == (other.payer, other.amount_fen) and (
        one.payer is Payer.SUSPENSE or one.card_no == other.card_no
    )
