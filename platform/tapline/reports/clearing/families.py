"""What each family of clearing accounts holds, by the rows of the context that it belongs to."""

from collections.abc import Collection, Iterator
from datetime import datetime
from uuid import UUID

from tapline import clock
from tapline.cards.topups import TopUp, TopUpState
from tapline.orders.booklets.model import PurchaseState
from tapline.payments.bills.model import BillState, ProviderBill
from tapline.payments.payouts.model import ASKED_ABOUT, Payout, PayoutState
from tapline.refunds import Refund
from tapline.reports.clearing.repository import ClearingReads, Moved
from tapline.reports.clearing.rules import Actor, Item, Kind, unsettled

_UNPAID: dict[PayoutState, Actor] = {
    PayoutState.CREATED: Actor.SYSTEM,
    **dict.fromkeys(ASKED_ABOUT, Actor.PROVIDER),
    PayoutState.ABNORMAL: Actor.FINANCE,
    PayoutState.CLOSED: Actor.FINANCE,
    PayoutState.BY_HAND: Actor.SECOND,
}
"""Legs whose money is still with us, and whose turn it is."""

Named = tuple[str, Item]
"""An account's code, and one thing that it holds."""


def suspense(reads: ClearingReads) -> Iterator[Named]:
    """Machines' records that no card is charged for yet."""
    resting = reads.resting()
    findings = reads.findings({one.device_id for one in resting})
    for one in resting:
        finding = findings.get((one.device_id, one.seq))
        person = finding is not None and finding.needs_person
        yield (
            f"suspense:{one.device_id}",
            Item(
                subject=f"{one.device_id} #{one.seq}",
                why=one.reason or "unknown_card",
                actor=Actor.DESK if person else Actor.SYSTEM,
                since=one.since,
                amount_fen=one.amount_fen,
                kind=Kind.FINDING if finding else Kind.MACHINE,
                ref=str(finding.finding_id) if finding else one.device_id,
                matter=f"dev:{one.device_id}:{one.seq}",
            ),
        )


def provider(reads: ClearingReads, code: str, moved_fen: int) -> Iterator[Named]:
    """Days of payments that a provider has not passed on; `moved_fen` is what was moved by hand:
    its transfers to the bank are."""
    name = code.partition(":")[2]
    bills, differing = reads.bills(name), reads.differing_days(name)
    days = []
    for day, since, amount_fen in reads.paid_days(name):
        why, actor = _of_bill(bills.get(day), differs=day in differing)
        bill = bills.get(day)
        days.append(
            Item(
                subject=day.isoformat(),
                why=why,
                actor=actor,
                since=since,
                amount_fen=amount_fen,
                kind=Kind.BILL if bill else Kind.PAYMENTS,
                ref=str(bill.bill_id) if bill else "",
                matter=f"bill:{name}:{day}",
            )
        )
    for one in unsettled(days, reads.taken_off(name) - moved_fen):
        yield code, one


def _of_bill(bill: ProviderBill | None, *, differs: bool) -> tuple[str, Actor]:
    if differs:
        return "bill_differs", Actor.FINANCE
    if bill is None or bill.state is BillState.AWAITED:
        return "bill_awaited", Actor.PROVIDER
    if bill.state is BillState.MALFORMED:
        return "bill_malformed", Actor.FINANCE
    return "bill_agreed", Actor.FINANCE


def tills(reads: ClearingReads, till_ids: Collection[UUID]) -> Iterator[Named]:
    """Cash taken, and given back again, since a till was counted."""
    for topup, emptied_at in reads.taken_in_cash(till_ids):
        change_fen = _in_till(topup, emptied_at)
        assert topup.landed_at is not None
        yield (
            f"cash:{topup.till_id}",
            Item(
                subject=topup.receipt_no or "",
                why="cash_to_count" if change_fen > 0 else "cash_undone",
                actor=Actor.FINANCE,
                since=topup.landed_at,
                amount_fen=change_fen,
                kind=Kind.TOPUP,
                ref=str(topup.topup_id),
                matter=topup.subject,
            ),
        )


def _in_till(topup: TopUp, emptied_at: datetime | None) -> int:
    came = emptied_at is None or (topup.landed_at is not None and topup.landed_at > emptied_at)
    went = topup.state is TopUpState.UNDONE
    return topup.amount_fen * (came - went)


def topups(reads: ClearingReads, topup_ids: Collection[UUID]) -> Iterator[Named]:
    """Paid top-ups that are on no card."""
    for topup, refund in reads.topups(topup_ids):
        waits = topup.state in {TopUpState.ASKED, TopUpState.LAPSED, TopUpState.STRANDED}
        if not waits:
            continue
        why, actor, kind, ref = _way_back(refund, "topup_to_place")
        yield (
            f"topup:{topup.topup_id}:unplaced",
            Item(
                subject=topup.card_no[-4:],
                why=why,
                actor=actor,
                since=topup.paid_at or topup.asked_at,
                amount_fen=topup.amount_fen,
                kind=kind or Kind.TOPUP,
                ref=ref or str(topup.topup_id),
                matter=topup.subject,
            ),
        )


def booklets(reads: ClearingReads, purchase_ids: Collection[UUID]) -> Iterator[Named]:
    """Paid booklets whose tickets are not issued, or that were paid once more."""
    for bought, refund in reads.booklets(purchase_ids):
        if bought.state is PurchaseState.ISSUED and refund is None:
            continue
        why, actor, kind, ref = _way_back(refund, "booklet_to_issue")
        yield (
            f"booklet:{bought.purchase_id}:unissued",
            Item(
                subject=bought.sku,
                why=why,
                actor=actor,
                since=bought.issued_at or bought.asked_at,
                amount_fen=bought.price_fen,
                kind=kind or Kind.PAYMENTS,
                ref=ref,
                matter=bought.subject,
            ),
        )


def _way_back(refund: Refund | None, else_why: str) -> tuple[str, Actor, Kind | None, str]:
    """What money waits for that is going back, or else is about to be used."""
    if refund is None:
        return else_why, Actor.SYSTEM, None, ""
    decided = not refund.state.is_undecided
    actor = Actor.SYSTEM if decided else Actor.DESK
    return "goes_back", actor, Kind.REFUND, str(refund.refund_id)


def payable(reads: ClearingReads) -> Iterator[Named]:
    """Legs of refunds that are decided and not paid."""
    for leg in reads.payouts(_UNPAID):
        why = f"leg_{leg.state.value}"
        yield "refund_payable", _leg(leg, why, _UNPAID[leg.state], leg.created_at)


def paid_twice(reads: ClearingReads) -> Iterator[Named]:
    """What somebody has from the provider and by hand."""
    for leg in reads.payouts([PayoutState.CONFLICT]):
        if leg.hand_confirmed_at is not None:
            since = leg.ended_at or leg.hand_confirmed_at
            yield "paid_twice", _leg(leg, "to_claim_back", Actor.FINANCE, since)


def _leg(leg: Payout, why: str, actor: Actor, since: datetime) -> Item:
    return Item(
        subject=leg.out_refund_no[-8:],
        why=why,
        actor=actor,
        since=since,
        amount_fen=leg.amount_fen,
        kind=Kind.PAYOUT,
        ref=str(leg.payout_id),
        matter=leg.subject,
    )


def by_hand(moved: Moved) -> Named:
    """What a person moved, with his reason."""
    return (
        moved.code,
        Item(
            subject=f"{clock.business_date(moved.at)}",
            why="by_hand",
            actor=Actor.FINANCE,
            since=moved.at,
            amount_fen=moved.amount_fen,
            kind=Kind.ADJUSTMENT,
            ref=str(moved.adjustment_id),
            matter=moved.subject,
            words=moved.reason,
        ),
    )
