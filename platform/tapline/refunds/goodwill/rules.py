"""How much goodwill one person may show, and how long it can be taken back. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from tapline.cards import Card, CardState
from tapline.cards.facts import Charge, Payer
from tapline.errors import ConflictError, InvalidError
from tapline.people import Role
from tapline.policy import Policy
from tapline.refunds.goodwill.model import Goodwill, GoodwillState
from tapline.refunds.model import Refund, RefundState

CARD_WINDOW = timedelta(days=30)


class Limit(StrEnum):
    """Which limit an act would go beyond."""

    ACT = "act"
    CARD = "card"
    AGENT = "agent"


class NotPaidError(ConflictError):
    """The card was not charged for it."""

    code = "goodwill_not_paid"


class PutRightError(ConflictError):
    """It is put right otherwise, or made good already."""

    code = "goodwill_put_right"


class TooLateError(ConflictError):
    """The customer has the money."""

    code = "goodwill_too_late"


@dataclass(frozen=True, slots=True)
class Given:
    """What goodwill gave before, in fen: to the card within `CARD_WINDOW`, by the agent today."""

    card_fen: int
    agent_fen: int


def beyond(policy: Policy, amount_fen: int, given: Given) -> Limit | None:
    """The first limit that an act would go beyond; None where an agent may do it alone."""
    if amount_fen > policy.goodwill_fen_max:
        return Limit.ACT
    if given.card_fen + amount_fen > policy.goodwill_card_30d_fen_max:
        return Limit.CARD
    if given.agent_fen + amount_fen > policy.goodwill_agent_day_fen_max:
        return Limit.AGENT
    return None


def check_pour(card: Card, charge: Charge, refund: Refund | None) -> None:
    """Refuse goodwill for what was not paid, or is being put right otherwise.

    Raises:
        ConflictError: the card has ended; or one of those above.
    """
    if card.state not in {CardState.ACTIVE, CardState.FROZEN}:
        raise ConflictError(f"card {card.card_no} is {card.state.value}: it takes no more money")
    if charge.payer is not Payer.CARD or charge.card_no != card.card_no or charge.amount_fen <= 0:
        raise NotPaidError("this card was not charged for it: there is nothing to make good")
    if refund is None or (refund.posted_fen == 0 and refund.state.is_over):
        return
    if refund.state is RefundState.REVIEW:
        raise PutRightError("its refund waits for a decision: decide that one")
    raise PutRightError("it was corrected already: money is given back once")


def check_amount(amount_fen: int, charge: Charge) -> None:
    """Refuse what is no amount, or more than is ever given for such a pour.

    Raises:
        InvalidError: it says what is taken.
    """
    most = most_fen(charge.amount_fen)
    if not 0 < amount_fen <= most:
        raise InvalidError(f"goodwill for this pour is 1 to {most} fen, not {amount_fen}")


def most_fen(price_fen: int) -> int:
    """Twenty times what a pour cost; more is a typing mistake."""
    return 20 * price_fen


def standing_fen(amount_fen: int, corrected_fen: int) -> int:
    """What of it stands beside a correction of the same pour: together they give the larger."""
    return max(amount_fen - max(corrected_fen, 0), 0)


def may_decide(goodwill: Goodwill, staff_id: UUID, role: Role) -> bool:
    """Whether somebody decides what was asked for: a supervisor, and another person."""
    waits = goodwill.state is GoodwillState.ASKED
    return waits and role is Role.SUPERVISOR and staff_id != goodwill.staff_id


def may_undo(goodwill: Goodwill, policy: Policy, now: datetime) -> bool:
    """Whether its time for second thoughts is not over."""
    if goodwill.state is GoodwillState.ASKED:
        return True
    if goodwill.state is not GoodwillState.GIVEN or goodwill.given_at is None:
        return False
    return now - goodwill.given_at <= timedelta(seconds=policy.goodwill_undo_s)
