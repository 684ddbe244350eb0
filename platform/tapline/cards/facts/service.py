from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from typing import Any

from tapline import clock, devices, ledger
from tapline.cards import authorisations, issuers, proofs, vouchers
from tapline.cards.facts.arrivals import FactIn, sorted_out
from tapline.cards.facts.model import Charge, FactFlaw, Payer
from tapline.cards.facts.repository import ChargeRepository, FactRepository, Key
from tapline.cards.facts.rules import (
    Bearing,
    Restatement,
    Verdict,
    bearing,
    charging,
    discharging,
)
from tapline.cards.proofs import Claim, Proof, Statement
from tapline.cards.repository import CardRepository
from tapline.devices import Vault
from tapline.events import DuplicatesSeen, FactsRestated, FactsStored
from tapline.uow import UnitOfWork

# `dataclasses.asdict` copies every value deeply, which cost a fifth of the whole path.
_COLUMNS = tuple(field.name for field in fields(FactIn))
_VALUES = attrgetter(*_COLUMNS)
_TOLD_AT_A_TIME = 500


Name = tuple[str, int, bytes]
"""A version of a fact: device, seq, content hash."""


@dataclass(frozen=True, slots=True)
class Released:
    """The answer to a batch: a verdict for each fact, in order, and where each device stands."""

    verdicts: list[Verdict]
    upto: dict[str, int]


def ingest(
    uow: UnitOfWork, *, tenant_id: str, facts: Sequence[FactIn], vault: Vault | None = None
) -> Released:
    """Store a batch of one tenant's facts, post the new ones, and say what may be released.

    The first readable version of a fact is posted at once; what other versions and the card's
    neighbours say of it is reconciliation's business, which hears of every card touched here.
    Cards' proofs are judged with the keys in `vault`; without it none can be.
    """
    if not facts:
        return Released([], {})
    if vault is not None:
        facts = _judged(uow, tenant_id, facts, vault)
    devices.keep_streams(uow, device_ids={fact.device_id for fact in facts})
    sorting = sorted_out(FactRepository(uow).versions({fact.key for fact in facts}), facts)
    if sorting.new:
        _store(uow, tenant_id, sorting.new)
    stand = [fact for fact in sorting.new if fact.flaw is None]
    commands = [
        *_charge(uow, tenant_id, sorting.first, stand),
        *_settle(uow, tenant_id, stand),
    ]
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


def recount(uow: UnitOfWork, *, device_ids: Collection[str]) -> dict[str, int]:
    """Move devices' streams on after they declared facts lost or said hello; each new `upto`."""
    beyond = FactRepository(uow).seqs_beyond
    return devices.advance_streams(uow, stored=dict.fromkeys(device_ids, ()), beyond=beyond)


def stored(uow: UnitOfWork, *, names: Collection[Name]) -> set[Name]:
    """Which of these versions (device, seq, content hash) are stored."""
    versions = FactRepository(uow).versions({(device_id, seq) for device_id, seq, _ in names})
    known = {(*key, one.content_hash) for key, found in versions.items() for one in found}
    return known.intersection(names)


def _store(uow: UnitOfWork, tenant_id: str, facts: Sequence[FactIn]) -> None:
    context = {"tenant_id": tenant_id, "received_at": clock.now()}
    FactRepository(uow).add(
        [dict(zip(_COLUMNS, _VALUES(fact), strict=True)) | context for fact in facts]
    )


def _judged(uow: UnitOfWork, tenant_id: str, facts: Sequence[FactIn], vault: Vault) -> list[FactIn]:
    """The facts with what their cards' codes say of them; a wrong code is a flaw."""
    given = [(place, _claim(fact)) for place, fact in enumerate(facts) if fact.tac is not None]
    claims = [claim for _, claim in given]
    verified = proofs.verify(uow, tenant_id=tenant_id, vault=vault, claims=claims)
    judged = list(facts)
    for (place, _), proof in zip(given, verified, strict=True):
        if proof is Proof.ABSENT:
            continue
        flaw = FactFlaw.WRONG_PROOF if proof is Proof.WRONG else facts[place].flaw
        judged[place] = replace(facts[place], proof=proof, flaw=flaw)
    return judged


def _claim(fact: FactIn) -> Claim:
    statement = None
    if fact.bal_after_fen is not None and fact.atc is not None:
        statement = Statement(
            fact.device_id, fact.seq, fact.op, fact.amt_fen, fact.bal_after_fen, fact.atc
        )
    return Claim(fact.card_no or "", fact.tac or "", statement)


def _charge(
    uow: UnitOfWork, tenant_id: str, first: Sequence[FactIn], stand: Sequence[FactIn]
) -> list[ledger.Command]:
    """Note who bears facts that are the first under their name; the commands that post it, and
    that end the holds named by any version: which came first plays no part."""
    borne = _bearings(uow, tenant_id, first)
    charged = {fact.key: fact for fact in first if borne[fact.key].payer is Payer.CARD}
    named = [fact for fact in stand if fact.auth is not None]
    uses = [_use(fact, charges=charged.get(fact.key) is fact) for fact in named]
    used = authorisations.settle(uow, tenant_id=tenant_id, uses=uses)
    holds = {named[place].key: hold for place, hold in used.captures.items()}
    pours = [
        _pour_command(fact, movement)
        for fact in first
        if (movement := charging(borne[fact.key], fact.device_id, holds.get(fact.key)))
    ]
    return [*pours, *used.releases]


def _use(fact: FactIn, *, charges: bool) -> authorisations.Use:
    charged_fen = fact.amt_fen if charges else 0
    hold = fact.auth or ""
    return authorisations.Use(hold, fact.device_id, fact.seq, fact.card_no, charged_fen)


def _bearings(uow: UnitOfWork, tenant_id: str, facts: Sequence[FactIn]) -> dict[Key, Bearing]:
    if not facts:
        return {}
    card_nos = {fact.card_no for fact in facts if fact.card_no is not None}
    issued = CardRepository(uow).issued(tenant_id, card_nos)
    theirs = issuers.of_cards(uow, tenant_id=tenant_id, card_nos=card_nos - issued)
    borne = {
        fact.key: bearing(
            op=fact.op,
            status=fact.status,
            card_no=fact.card_no,
            amt_fen=fact.amt_fen,
            known=fact.card_no in issued,
            issuer_id=theirs.get(fact.card_no or ""),
        )
        for fact in facts
    }
    ChargeRepository(uow).add([_charge_row(tenant_id, fact, borne[fact.key]) for fact in facts])
    return borne


def _settle(uow: UnitOfWork, tenant_id: str, facts: Sequence[FactIn]) -> list[ledger.Command]:
    """The commands that settle the vouchers which facts say were written.

    Any version says so, not the first alone: a voucher's id is known to its machine only, and
    which version came first plays no part.
    """
    writes = [
        vouchers.Write(
            fact.load_id,
            fact.device_id,
            fact.seq,
            fact.card_no,
            fact.amt_fen,
            fact.status,
            fact.bal_before_fen,
            fact.bal_after_fen,
        )
        for fact in facts
        if fact.op == "load"
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
        "issuer_id": borne.issuer_id,
        "amount_fen": borne.amount_fen,
        "revision": 0,
        "reason": borne.reason,
    }


def _pour_command(fact: FactIn, movement: ledger.Movement | ledger.Resolution) -> ledger.Command:
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
    under `restate:{device}:{seq}:{revision}`, posted in one batch. Who gave money for one of them
    hears of it (`FactsRestated`).
    """
    charges = ChargeRepository(uow).locked({(one.device_id, one.seq) for one in restatements})
    commands: list[ledger.Command] = []
    changed: list[Key] = []
    moved: dict[Key, tuple[Bearing, Bearing]] = {}
    for one in restatements:
        charge = charges[one.device_id, one.seq]
        held = Bearing(
            charge.payer, charge.card_no, charge.amount_fen, charge.reason, charge.issuer_id
        )
        if (one.standing_hash, one.bearing) == (charge.standing_hash, held):
            continue
        changed.append((one.device_id, one.seq))
        charge.revision += 1
        if restating := _restating(charge, held, one):
            commands += restating
            moved[one.device_id, one.seq] = (held, one.bearing)
        charge.standing_hash = one.standing_hash
        charge.payer, charge.card_no = one.bearing.payer, one.bearing.card_no
        charge.issuer_id = one.bearing.issuer_id
        charge.amount_fen, charge.reason = one.bearing.amount_fen, one.bearing.reason
    if commands:
        ledger.post(uow, tenant_id=tenant_id, commands=commands)
    for begin in range(0, len(moved), _TOLD_AT_A_TIME):
        told = tuple(moved)[begin : begin + _TOLD_AT_A_TIME]
        bearers = {one.card_no for key in told for one in moved[key] if one.card_no is not None}
        uow.emit(FactsRestated(tenant_id=tenant_id, facts=told, cards=tuple(sorted(bearers))))
    return changed


def _restating(charge: Charge, held: Bearing, new: Restatement) -> list[ledger.Command]:
    if _same_money(held, new.bearing):
        return []
    key = f"restate:{charge.device_id}:{charge.seq}:{charge.revision}"
    moves: Mapping[str, ledger.Movement | ledger.Resolution | None] = {
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
    if (one.payer, one.amount_fen) != (other.payer, other.amount_fen):
        return False
    return one.payer is Payer.SUSPENSE or (
        (one.card_no, one.issuer_id) == (other.card_no, other.issuer_id)
    )
