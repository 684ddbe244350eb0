"""Who decides a claim, by when it is paid, and where it stands by its money. Pure."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from tapline.errors import ConflictError, DeniedError
from tapline.payments import Leg, Refundable
from tapline.people import Role
from tapline.policy import Policy
from tapline.refunds.model import RefundState, Tier

S = RefundState

_LEADS: dict[RefundState, frozenset[RefundState]] = {
    S.REQUESTED: frozenset({S.WAITING, S.REVIEW}),
    S.WAITING: frozenset({S.REVIEW, S.WITHDRAWN}),
    S.REVIEW: frozenset({S.APPROVED, S.REJECTED, S.WITHDRAWN}),
    S.APPROVED: frozenset({S.EXECUTING, S.SETTLED}),
    S.EXECUTING: frozenset({S.PARTIAL, S.SETTLED}),
    S.PARTIAL: frozenset({S.SETTLED}),
    S.SETTLED: frozenset(),
    S.REJECTED: frozenset({S.REQUESTED}),
    S.WITHDRAWN: frozenset(),
}

CLOCK_MARKS = (50, 80, 90)
"""Per cent of the legal time: a reminder, a warning, and then it goes before a supervisor."""
ESCALATES_AT = 90

_MAY_DECIDE: dict[Tier, Collection[Role]] = {
    Tier.AUTOMATIC: (Role.AGENT, Role.SUPERVISOR),
    Tier.AGENT: (Role.AGENT, Role.SUPERVISOR),
    Tier.SUPERVISOR: (Role.SUPERVISOR,),
}


def check_step(before: RefundState, after: RefundState) -> None:
    """Refuse a way that a claim does not go."""
    if after not in _LEADS[before]:
        raise ConflictError(f"the refund is {before.value}: it cannot become {after.value}")


def tier(policy: Policy, amount_fen: int) -> Tier:
    """Whose word it takes to pay so much."""
    return Tier.AGENT if amount_fen <= policy.agent_refund_fen_max else Tier.SUPERVISOR


def may_decide(role: Role, needed: Tier) -> bool:
    """Whether somebody of this role may decide it, unless he asked for it himself."""
    return role in _MAY_DECIDE[needed]


def check_decider(role: Role, needed: Tier, *, is_requester: bool) -> None:
    """Refuse a decision by somebody who may not make it.

    Raises:
        DeniedError: it says who may.
    """
    if is_requester:
        raise DeniedError("whoever asked for a refund does not decide about it: ask a colleague")
    if may_decide(role, needed):
        return
    who = "a supervisor" if needed is Tier.SUPERVISOR else "an agent or a supervisor"
    raise DeniedError(f"{who} decides this refund: hand it over")


def due_at(policy: Policy, asked_at: datetime, *, unused: bool) -> datetime:
    """By when it is paid."""
    days = policy.refund_unused_days if unused else policy.refund_days
    return asked_at + timedelta(days=days)


def clock_mark(asked_at: datetime, due: datetime, now: datetime) -> int:
    """The last of `CLOCK_MARKS` that has passed; 0 before the first."""
    total = max(due - asked_at, timedelta(seconds=1))
    return max((mark for mark in CLOCK_MARKS if now - asked_at >= total * mark / 100), default=0)


def by_money(*, set_aside_fen: int, arrived_fen: int, more_to_come: bool) -> RefundState:
    """Where an approved claim stands: `set_aside_fen` was sent, `arrived_fen` of it is there."""
    if arrived_fen == set_aside_fen and not more_to_come:
        return S.SETTLED
    return S.PARTIAL if arrived_fen else S.EXECUTING


def allocate(amount_fen: int, refundable: Sequence[Refundable]) -> list[Leg]:
    """Legs that make up an amount, each on a payment's own route; by bank what none covers.

    `refundable` come in the order in which they are used up.
    """
    legs: list[Leg] = []
    left_fen = amount_fen
    for one in refundable:
        part_fen = min(left_fen, one.remaining_fen)
        if part_fen > 0:
            legs.append(Leg(one.payment.payment_id, part_fen))
            left_fen -= part_fen
    return [*legs, Leg(None, left_fen)] if left_fen else legs
