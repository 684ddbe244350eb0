"""How a story ends: all that was on its way arrives, and somebody who knows goes through it."""

from datetime import timedelta
from random import Random

from sqlalchemy import text

from tapline import clock, ledger, refunds
from tapline.cards import topups
from tapline.payments import RefundStatus
from tapline.refunds import RefundKind
from tapline.uow import UnitOfWork
from tests.integration.invariants.operators import Operator
from tests.integration.year import auditor, books
from tests.integration.year.auditor import Year

AFTER_ALL = timedelta(days=9)
"""Then no window is open any more."""


def everything_ends(operator: Operator) -> None:
    """Machines send what they kept and say what they lost, every card is tapped once more."""
    _all_is_sent(operator)
    for lease in list(operator.leases):
        operator.lets_lapse(lease)
    _all_are_seen(operator)
    clock.advance(timedelta(hours=1))
    operator.evening_comes()
    clock.advance(AFTER_ALL)
    operator.declares_lost()
    operator.evening_comes()
    for _ in range(3):
        operator.decides(approve=True)
        for payout in operator.payouts():
            if payout.payment_id is None or payout.state.needs_hand:
                operator.transfers(payout)
            else:
                operator.provider_ends(payout, RefundStatus.SUCCEEDED, 1)
        operator.evening_comes()


def _all_is_sent(operator: Operator) -> None:
    while any(machine.kept for machine in operator.world.machines):
        for machine in operator.world.machines:
            operator.sends(machine, Random(1))


def _all_are_seen(operator: Operator) -> None:
    """The next sighting, which decides what became of a torn debit."""
    for machine in operator.world.machines:
        for card in operator.world.cards:
            if card.chip_fen < 100 and not card.is_retired:
                operator.takes_cash(card.number, 2000)
                operator.is_tapped(card, machine)
                for lease in list(operator.leases):
                    operator.writes(lease)
            operator.pours(card, machine, 1, None)
    _all_is_sent(operator)


def lies(uow: UnitOfWork, operator: Operator) -> list[str]:
    """What the books say that is not so."""
    year = _told(uow, operator)
    return [
        *auditor.of_facts(year),
        *auditor.of_journals(year),
        *auditor.of_cards(year),
        *auditor.of_chips(year),
        *auditor.of_corrections(year),
        *_unseen(uow, operator),
        *_unproven(uow, operator),
        *_left_over(uow, operator),
    ]


def _told(uow: UnitOfWork, operator: Operator) -> Year:
    world, tenant_id = operator.world, operator.tenant_id
    for topup in topups.listed(uow, tenant_id=tenant_id, limit=1000):
        if topup.payment_id is not None and topup.landed_at is not None:
            operator.gets(topup.card_no, topup.amount_fen, topup.bonus_fen)
    claims = {one.refund_id for one in refunds.listed(uow, tenant_id=tenant_id, limit=1000)}
    for row in refunds.export_refunds(uow):
        if row.refund_id in claims and row.kind != RefundKind.TXN_REVERSAL:
            world.tell("refund", card=row.card_no, fen=row.taken_fen, lapsed_fen=0)
    # Nobody writes what the chip of a lost card lacks: its successor gets all that it is worth.
    chips = [
        {"t": "chip", "card": card.number, "fen": card.chip_fen}
        for card in world.cards
        if card.is_sane and not card.is_retired and card.kind not in {"id", "qr"}
    ]
    return books.read_in(uow, [*world.record, *chips], tenant_id)


FINDINGS = text("""
    select code, subject, device_id, (facts ->> 'from')::int as first, (facts ->> 'to')::int as last
    from finding where tenant_id = :tenant_id and code in ('D07', 'D08')
""")


def _unseen(uow: UnitOfWork, operator: Operator) -> list[str]:
    """I12: what a machine lost shows as a gap in its numbers and in the card's counter."""
    found = uow.session.execute(FINDINGS, {"tenant_id": operator.tenant_id}).all()
    runs = [(one.device_id, one.first, one.last) for one in found if one.code == "D07"]
    seen = {one.subject for one in found if one.code == "D08"}
    return [
        *(
            f"{fact.device_id}:{fact.seq} is missing, and nobody asked for it"
            for fact in operator.forgotten
            if not any(one == fact.device_id and a <= fact.seq <= b for one, a, b in runs)
        ),
        *(f"a gap before {one}" for one in operator.sightings_after_gaps() - seen),
    ]


def _unproven(uow: UnitOfWork, operator: Operator) -> list[str]:
    """I19: what is sealed is proven to whoever has the head, by a checker of its own."""
    ledger.seal(uow)
    differing = [f"{one}" for one in ledger.verify(uow, tenant_id=operator.tenant_id).differences]
    (head, *_) = ledger.heads(uow, tenant_id=operator.tenant_id)
    card = operator.world.cards[0]
    proof = ledger.prove(uow, tenant_id=operator.tenant_id, card_no=card.number)
    return [*differing, *ledger.check(proof, head.hash.hex())]


def _left_over(uow: UnitOfWork, operator: Operator) -> list[str]:
    """I15: when all has arrived nothing is left in suspense, and nobody waits for money."""
    return [
        f"{row.code} still holds {row.balance}"
        for row in ledger.trial(uow, tenant_id=operator.tenant_id)
        if row.balance and (row.code == "refund_payable" or row.code.startswith("suspense:"))
    ]
