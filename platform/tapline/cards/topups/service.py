from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from tapline import clock, ledger, payments, policy
from tapline.cards import campaigns
from tapline.cards.campaigns import Grant
from tapline.cards.model import Card
from tapline.cards.repository import CardRepository
from tapline.cards.service import lineage, load_limit_fen
from tapline.cards.topups import rules
from tapline.cards.topups.model import Channel, TopUp, TopUpState
from tapline.cards.topups.placing import place, usable
from tapline.cards.topups.repository import TopUpRepository
from tapline.cards.topups.rules import Room
from tapline.errors import ConflictError, NotFoundError
from tapline.ids import new_id
from tapline.ledger import chart
from tapline.payments import Credit, PaymentState
from tapline.uow import UnitOfWork

PAY_WITHIN = timedelta(minutes=30)
_KEPT_UNPAID = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Choice:
    """An amount on offer, and the bonus that it earns."""

    amount_fen: int
    bonus_fen: int


@dataclass(frozen=True, slots=True)
class Offer:
    """What may be put on a card now."""

    room: Room
    choices: Sequence[Choice]


def offer(uow: UnitOfWork, *, tenant_id: str, card_no: str, customer_id: UUID | None) -> Offer:
    """What a card takes, the amounts on offer, and what each earns. Changes nothing.

    Raises:
        NotFoundError: the tenant has no such card.
    """
    in_force = policy.current(uow, tenant_id=tenant_id)
    card = CardRepository(uow).get(tenant_id, card_no)
    found = _room(uow, card)
    used_fen = TopUpRepository(uow, tenant_id).bonus_used(card_no=card_no, customer_id=customer_id)
    choices = []
    for amount_fen in rules.offered(in_force, found):
        grant = campaigns.granted(uow, tenant_id=tenant_id, paid_fen=amount_fen, used_fen=used_fen)
        choices.append(Choice(amount_fen, grant.bonus_fen if grant else 0))
    return Offer(found, choices)


def ask(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    card_no: str,
    amount_fen: int,
    customer_id: UUID,
    provider: str,
    request_key: str,
) -> TopUp:
    """Ask a card's holder for money, promising the bonus of this moment; a form sent again is
    one top-up.

    Raises:
        NotFoundError: the card is not this customer's.
        ConflictError: the card has ended or takes no more, or the form was sent for another.
        InvalidError: an amount that the card does not take, or an unknown provider.
    """
    card = usable(uow, tenant_id, card_no)
    if card.customer_id != customer_id:
        raise NotFoundError(f"no card {card_no}")
    topup = opened(uow, card, Channel.PAYMENT, amount_fen, request_key, customer_id=customer_id)
    if topup.state is not TopUpState.ASKED or _is_paid(uow, topup):
        return topup
    payments.begin(
        uow,
        tenant_id=tenant_id,
        provider=provider,
        subject=topup.subject,
        amount_fen=amount_fen,
        credits=[Credit(chart.topup(topup.topup_id), amount_fen)],
        customer_id=customer_id,
        expires_at=topup.asked_at + PAY_WITHIN,
    )
    return topup


def opened(
    uow: UnitOfWork,
    card: Card,
    channel: Channel,
    amount_fen: int,
    request_key: str,
    *,
    customer_id: UUID | None,
) -> TopUp:
    """The top-up of a locked card that this form asks for, within limits, its bonus promised.

    Raises:
        ConflictError: the form was sent for another, or the card takes no more.
        InvalidError: an amount that it does not take.
    """
    topups = TopUpRepository(uow, card.tenant_id)
    if (known := topups.requested(request_key)) is not None:
        if (known.card_no, known.amount_fen, known.channel) != (card.card_no, amount_fen, channel):
            raise ConflictError("this form was sent for something else: open the page again")
        return known
    grant = _granted(uow, card.tenant_id, card.card_no, customer_id, amount_fen)
    _room(uow, card, bonus_fen=grant.bonus_fen if grant else 0).check(amount_fen)
    topup = TopUp(
        topup_id=new_id(),
        tenant_id=card.tenant_id,
        request_key=request_key,
        card_no=card.card_no,
        customer_id=customer_id,
        channel=channel,
        state=TopUpState.ASKED,
        amount_fen=amount_fen,
        bonus_fen=grant.bonus_fen if grant else 0,
        campaign_id=grant.campaign_id if grant else None,
        returned_fen=0,
        asked_at=clock.now(),
    )
    topups.add(topup)
    return topup


def on_paid(uow: UnitOfWork, *, tenant_id: str, payment_id: UUID, subject: str) -> TopUp | None:
    """Money arrived: it goes onto the card. What is not a top-up's money is left alone.

    Called again it changes nothing.
    """
    kind, _, name = subject.partition(":")
    if kind != "topup":
        return None
    topup = TopUpRepository(uow, tenant_id).get(UUID(name), lock=True)
    if topup.payment_id is not None:
        return topup
    payment = payments.get(uow, tenant_id=tenant_id, payment_id=payment_id)
    topup.payment_id, topup.paid_at, topup.ended_at = payment_id, payment.paid_at, None
    if topup.state is TopUpState.LAPSED:  # what was promised then is promised no more
        grant = _granted(uow, tenant_id, topup.card_no, topup.customer_id, topup.amount_fen)
        topup.bonus_fen = grant.bonus_fen if grant else 0
        topup.campaign_id = grant.campaign_id if grant else None
    place(uow, topup, source=chart.topup(topup.topup_id))
    return topup


def lapse(uow: UnitOfWork, *, tenant_id: str) -> None:
    """Give up what nobody paid in time: it counts against no limit any longer."""
    topups = TopUpRepository(uow, tenant_id)
    for topup_id in topups.open_since(clock.now() - _KEPT_UNPAID):
        topup = topups.get(topup_id, lock=True)
        if topup.state is TopUpState.ASKED and not _is_paid(uow, topup):
            topup.state, topup.ended_at = TopUpState.LAPSED, clock.now()


def note_returned(uow: UnitOfWork, *, tenant_id: str, topup_id: UUID, amount_fen: int) -> None:
    """So much of a top-up was given back."""
    TopUpRepository(uow, tenant_id).get(topup_id, lock=True).returned_fen += amount_fen


def get(uow: UnitOfWork, *, tenant_id: str, topup_id: UUID, lock: bool = False) -> TopUp:
    """One top-up, locked where asked; `NotFoundError` where the tenant has none such."""
    return TopUpRepository(uow, tenant_id).get(topup_id, lock=lock)


def of_card(uow: UnitOfWork, *, tenant_id: str, card_no: str, limit: int = 20) -> Sequence[TopUp]:
    """The top-ups meant for a card, or that it got, newest first."""
    return TopUpRepository(uow, tenant_id).of_card(card_no, limit)


def taken_by(
    uow: UnitOfWork, *, tenant_id: str, staff_id: UUID, limit: int = 20
) -> Sequence[TopUp]:
    """What a colleague took in cash, newest first."""
    return TopUpRepository(uow, tenant_id).taken_by(staff_id, limit)


def listed(uow: UnitOfWork, *, tenant_id: str, limit: int = 100) -> Sequence[TopUp]:
    """A tenant's top-ups, newest first."""
    return TopUpRepository(uow, tenant_id).listed(limit)


def payment_subjects(uow: UnitOfWork, *, tenant_id: str, card_no: str) -> list[str]:
    """What the payments were about whose money a card holds: its own, and those of the cards
    that it replaced."""
    card_nos = lineage(uow, tenant_id=tenant_id, card_no=card_no)
    landed = TopUpRepository(uow, tenant_id).landed_on(card_nos)
    return [*(f"card:{one}" for one in card_nos), *(topup.subject for topup in landed)]


def _is_paid(uow: UnitOfWork, topup: TopUp) -> bool:
    made = payments.of_subject(uow, tenant_id=topup.tenant_id, subject=topup.subject)
    return any(payment.state is PaymentState.PAID for payment in made)


def _granted(
    uow: UnitOfWork, tenant_id: str, card_no: str, customer_id: UUID | None, amount_fen: int
) -> Grant | None:
    used_fen = TopUpRepository(uow, tenant_id).bonus_used(card_no=card_no, customer_id=customer_id)
    return campaigns.granted(uow, tenant_id=tenant_id, paid_fen=amount_fen, used_fen=used_fen)


def _room(uow: UnitOfWork, card: Card, *, bonus_fen: int = 0) -> Room:
    """What a card takes besides `bonus_fen`; what its holder is being asked for counts as there."""
    topups = TopUpRepository(uow, card.tenant_id)
    balance = ledger.card(uow, tenant_id=card.tenant_id, card_no=card.card_no).balance_fen
    day = clock.business_date(clock.now())
    return rules.room(
        policy.current(uow, tenant_id=card.tenant_id),
        card_fen_max=load_limit_fen(uow, card=card),
        worth_fen=balance + topups.asked_fen(card.card_no) + bonus_fen,
        today=topups.since(card.card_no, datetime.combine(day, time(), clock.BUSINESS_ZONE)),
    )
