"""How a dispenser writes down what it did with a card."""

import msgspec

from tapline_gateway.protocol import Card, CardKind, Fact, FactOp, FactStatus
from tapline_sim import card_proof
from tapline_sim.counters import Counters
from tapline_sim.physics import Flow
from tapline_sim.purse import Purse, Voucher


def debit(
    *,
    before: Purse,
    after: Purse,
    amount_fen: int,
    asked_ml: int,
    flow: Flow,
    counters: Counters,
    hold: str | None = None,
) -> Fact:
    """A debit that the card has confirmed, or the platform under `hold`; `counters` are those after
    it."""
    fact = Fact(
        seq=counters.seq,
        card=Card(no=before.no, kind=CardKind(before.kind)),
        atc=after.atc,
        bal_before=before.balance_fen,
        amt=amount_fen,
        bal_after=after.balance_fen,
        ml=flow.ml,
        ml_req=asked_ml,
        pulses=flow.pulses,
        status=_status(flow, asked_ml),
        tot=counters.totals,
        auth=hold,
    )
    if before.is_online:
        return msgspec.structs.replace(fact, atc=None, bal_before=None, bal_after=None)
    return fact


def proven(fact: Fact, purse: Purse, device_id: str) -> Fact:
    """The fact with the code that the card gave, where it can give one."""
    if purse.key_hex is None:
        return fact
    tac = card_proof.code(bytes.fromhex(purse.key_hex), fact, device_id)
    return msgspec.structs.replace(fact, tac=tac)


def torn(fact: Fact) -> Fact:
    """The same debit as a dispenser knows it that saw the card leave before the answer."""
    return msgspec.structs.replace(fact, status=FactStatus.TORN, atc=None, bal_after=None)


def load(*, before: Purse, after: Purse, voucher: Voucher, counters: Counters) -> Fact:
    """A voucher written to a card."""
    return Fact(
        seq=counters.seq,
        op=FactOp.LOAD,
        card=Card(no=before.no, kind=CardKind(before.kind)),
        atc=after.atc,
        bal_before=before.balance_fen,
        amt=voucher.amount_fen,
        bal_after=after.balance_fen,
        ml=0,
        ml_req=0,
        pulses=0,
        status=FactStatus.OK,
        load=voucher.load,
        tot=counters.totals,
    )


def conflicting(fact: Fact) -> Fact:
    """What a device with a corrupted memory would claim under the same seq.

    The balances fit neither neighbour in the card's chain, so the chain can tell it from the truth.
    The card's code is gone with the rest: what is left is a story of the machine's alone.
    """
    before_fen, amount_fen = (fact.bal_before or 0) + 700, fact.amt + 200
    return msgspec.structs.replace(
        fact, bal_before=before_fen, amt=amount_fen, bal_after=before_fen - amount_fen, tac=None
    )


def _status(flow: Flow, asked_ml: int) -> FactStatus:
    if flow.pulses == 0:
        return FactStatus.NO_FLOW
    return FactStatus.OK if flow.ml >= asked_ml else FactStatus.PARTIAL
