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


class DecidedError(ConflictError):
    """More than one person decided about it."""

    code = "goodwill_decided"


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


def standing_fen(amount_fen: int, back_fen: int) -> int:
    """What of it stands beside what the card has back otherwise: together they give the larger."""
    return max(amount_fen - max(back_fen, 0), 0)


def cheaper_fen(goodwill: Goodwill, charge: Charge | None) -> int:
    """What the pour costs the act's card less than when it was given for: all of it where another
    bears it by now."""
    return max(goodwill.price_fen - _borne_fen(goodwill.card_no, charge), 0)


def corrected_fen(card_no: str, refund: Refund | None) -> int:
    """What the correction of a pour gave this card."""
    return refund.posted_fen if refund is not None and refund.card_no == card_no else 0


def owed_fen(charge: Charge, goodwill: Goodwill | None, refund: Refund | None) -> int:
    """What of its price the card that bears a pour has not got back: by correction, or by the act
    that stands for it."""
    assert charge.card_no is not None
    back_fen = corrected_fen(charge.card_no, refund)
    if goodwill is not None and goodwill.card_no == charge.card_no:
        given_fen = standing_fen(goodwill.amount_fen, cheaper_fen(goodwill, charge))
        back_fen = max(back_fen, given_fen)
    return max(charge.amount_fen - back_fen, 0)


def is_void(goodwill: Goodwill, charge: Charge) -> bool:
    """Whether nothing of an act stands any more, because its card does not bear the pour."""
    if goodwill.state is not GoodwillState.GIVEN or goodwill.card_no == charge.card_no:
        return False
    return standing_fen(goodwill.amount_fen, cheaper_fen(goodwill, charge)) == 0


def _borne_fen(card_no: str, charge: Charge | None) -> int:
    if charge is None or charge.payer is not Payer.CARD or charge.card_no != card_no:
        return 0
    return charge.amount_fen


def may_decide(goodwill: Goodwill, staff_id: UUID, role: Role) -> bool:
    """Whether somebody decides what was asked for: a supervisor, and another person."""
    waits = goodwill.state is GoodwillState.ASKED
    return waits and role is Role.SUPERVISOR and staff_id != goodwill.staff_id


def may_undo(goodwill: Goodwill, role: Role, policy: Policy, now: datetime) -> bool:
    """Whether somebody may take it back now."""
    try:
        check_undo(goodwill, role, policy, now)
    except ConflictError:
        return False
    return True


def check_undo(goodwill: Goodwill, role: Role, policy: Policy, now: datetime) -> None:
    """Refuse to take back what has had its time, or what is not one person's word.

    What a supervisor granted a supervisor takes back; what was decided about many pours at once
    (`make_good`) nobody does.

    Raises:
        TooLateError: the time for second thoughts is over.
        DecidedError: somebody else has to, or nobody may.
    """
    if goodwill.state is GoodwillState.ASKED:
        return
    given_at = goodwill.given_at if goodwill.state is GoodwillState.GIVEN else None
    if given_at is None or now - given_at > timedelta(seconds=policy.goodwill_undo_s):
        raise TooLateError("it is too late to take it back: the customer has it")
    if goodwill.decided_by is None:
        return
    if goodwill.obstacle is None:
        raise DecidedError("it was decided about this and other pours: it stands")
    if role is not Role.SUPERVISOR:
        raise DecidedError("a supervisor granted it: a supervisor takes it back")
