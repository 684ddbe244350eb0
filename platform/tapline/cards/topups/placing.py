"""How paid money gets onto a card, with the bonus that was promised."""

from tapline import clock, ledger
from tapline.cards.model import Card, CardState
from tapline.cards.repository import CardRepository
from tapline.cards.topups import rules
from tapline.cards.topups.model import TopUp, TopUpState
from tapline.cards.topups.telling import tell
from tapline.errors import ConflictError
from tapline.events import TopUpStranded
from tapline.ledger import Account, chart
from tapline.uow import UnitOfWork

_ENDING = frozenset({CardState.CLOSING, CardState.CLOSED})


def place(uow: UnitOfWork, topup: TopUp, *, source: Account) -> None:
    """Bring the money of a locked, paid top-up from `source` onto its card or its successor.

    A card that has ended takes none: the money rests where it is, and somebody is told.
    """
    card = lasting(uow, topup.tenant_id, topup.card_no)
    if card.state in _ENDING:
        topup.state = TopUpState.STRANDED
        uow.emit(TopUpStranded(tenant_id=topup.tenant_id, topup_id=topup.topup_id))
        return
    topup.state, topup.landed_on, topup.landed_at = TopUpState.LANDED, card.card_no, clock.now()
    to = rules.landing(card)
    commands = [command(topup, "land", source, to.paid, topup.amount_fen)]
    if topup.bonus_fen:
        commands.append(command(topup, "bonus", chart.BONUS, to.bonus, topup.bonus_fen))
    ledger.post(uow, tenant_id=topup.tenant_id, commands=commands)
    tell(uow, topup, card)


def lasting(uow: UnitOfWork, tenant_id: str, card_no: str) -> Card:
    """The card, or the last of those that replaced it; locked, so that no lease looks away."""
    card = CardRepository(uow).get(tenant_id, card_no, lock=True)
    while card.replaced_by is not None:
        card = CardRepository(uow).get(tenant_id, card.replaced_by, lock=True)
    return card


def usable(uow: UnitOfWork, tenant_id: str, card_no: str) -> Card:
    """The card itself, locked; refused where no money may be put on it.

    Raises:
        NotFoundError: the tenant has no such card.
        ConflictError: it has ended.
    """
    card = CardRepository(uow).get(tenant_id, card_no, lock=True)
    if card.state not in {CardState.ACTIVE, CardState.FROZEN}:
        raise ConflictError(f"card {card_no} is {card.state.value}: no money can be put on it")
    return card


def command(
    topup: TopUp, step: str, debit: Account, credit: Account, amount_fen: int
) -> ledger.Command:
    """One transfer of a top-up; `step` names it within the top-up."""
    return ledger.Command(
        key=f"{topup.subject}:{step}",
        kind=f"topup_{step}",
        event_at=clock.now(),
        movement=ledger.Transfer(debit, credit, amount_fen),
        content={"topup": str(topup.topup_id), "fen": amount_fen},
        source={"subject": topup.subject, "channel": topup.channel.value},
    )
