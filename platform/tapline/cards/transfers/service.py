from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from tapline import clock, notices, people
from tapline.cards.life.service import register
from tapline.cards.model import Card, CardState
from tapline.cards.repository import CardRepository
from tapline.cards.transfers.model import CardTransfer, TransferState
from tapline.cards.transfers.repository import TransferRepository
from tapline.errors import ConflictError, InvalidError, NotFoundError, TooManyError
from tapline.ids import new_id
from tapline.people import Customer
from tapline.uow import UnitOfWork

_STANDS = timedelta(days=7)
_DAY = timedelta(days=1)
_PER_DAY = 5


def offer(
    uow: UnitOfWork, *, tenant_id: str, card_no: str, customer: Customer, phone: str, name: str
) -> CardTransfer:
    """Offer a card of `customer`'s to whoever has `phone`, with all that it is worth and owes.

    Who is no customer yet becomes one, so that he can sign in and take it. An earlier offer of
    the card is withdrawn.

    Raises:
        NotFoundError: the card is not the customer's.
        ConflictError: the card is not in use.
        InvalidError: the phone is none, or his own, or the name is missing.
        TooManyError: he has offered often enough today.
    """
    card = _own(uow, tenant_id, card_no, customer.customer_id)
    phone = people.phone_number(phone)
    if phone == customer.phone:
        raise InvalidError("this is your own phone: enter that of whoever shall have the card")
    now, transfers = clock.now(), TransferRepository(uow, tenant_id)
    if transfers.made_since(customer.customer_id, now - _DAY) >= _PER_DAY:
        raise TooManyError("you have offered cards often today: go on tomorrow", retry_s=86_400)
    transfers.end(card_no, TransferState.WITHDRAWN, now)
    transfer = CardTransfer(
        transfer_id=new_id(),
        tenant_id=tenant_id,
        card_no=card_no,
        from_customer_id=customer.customer_id,
        to_customer_id=_taker(uow, tenant_id, phone, name).customer_id,
        state=TransferState.OFFERED,
        offered_at=now,
        expires_at=now + _STANDS,
    )
    transfers.add(transfer)
    _tell(uow, transfer, phone, card)
    return transfer


def accept(uow: UnitOfWork, *, tenant_id: str, transfer_id: UUID, customer: Customer) -> Card:
    """Take a card that was offered: from now on it is this customer's.

    Raises:
        NotFoundError: nothing was offered to him, or not any more.
        ConflictError: the card is not in use any more.
    """
    transfer = _offered(uow, tenant_id, transfer_id, customer.customer_id)
    card = CardRepository(uow).get(tenant_id, transfer.card_no, lock=True)
    _check_usable(card)
    if card.customer_id != transfer.from_customer_id:
        raise ConflictError(f"card {card.card_no} has changed hands meanwhile")
    TransferRepository(uow, tenant_id).end(card.card_no, TransferState.ACCEPTED, clock.now())
    register(
        uow,
        card,
        customer.customer_id,
        actor=f"customer:{customer.customer_id}",
        reason="transferred",
    )
    return card


def decline(uow: UnitOfWork, *, tenant_id: str, transfer_id: UUID, customer: Customer) -> None:
    """Do not take it. `NotFoundError` where nothing was offered to him, or not any more."""
    transfer = _offered(uow, tenant_id, transfer_id, customer.customer_id)
    transfers = TransferRepository(uow, tenant_id)
    transfers.end(transfer.card_no, TransferState.DECLINED, clock.now())


def withdraw(uow: UnitOfWork, *, tenant_id: str, card_no: str, customer: Customer) -> None:
    """Keep a card that was offered; where it was taken already, it is too late and nothing happens.

    Raises:
        NotFoundError: the card is not the customer's.
    """
    _own(uow, tenant_id, card_no, customer.customer_id)
    TransferRepository(uow, tenant_id).end(card_no, TransferState.WITHDRAWN, clock.now())


def offered_to(uow: UnitOfWork, *, tenant_id: str, customer_id: UUID) -> Sequence[CardTransfer]:
    """Cards that a customer may take now, oldest offer first."""
    return TransferRepository(uow, tenant_id).offered_to(customer_id, clock.now())


def offered_by(uow: UnitOfWork, *, tenant_id: str, card_no: str) -> CardTransfer | None:
    """The offer of a card that can still be taken."""
    found = TransferRepository(uow, tenant_id).open_of(card_no)
    return found if found is not None and found.expires_at > clock.now() else None


def _own(uow: UnitOfWork, tenant_id: str, card_no: str, customer_id: UUID) -> Card:
    card = CardRepository(uow).get(tenant_id, card_no, lock=True)
    if card.customer_id != customer_id:
        raise NotFoundError(f"no card {card_no}")
    _check_usable(card)
    return card


def _check_usable(card: Card) -> None:
    if card.state is not CardState.ACTIVE:
        raise ConflictError(f"card {card.card_no} is {card.state.value}: it cannot change hands")


def _offered(uow: UnitOfWork, tenant_id: str, transfer_id: UUID, customer_id: UUID) -> CardTransfer:
    """The open offer, its card locked as whoever withdraws or takes it does."""
    transfers = TransferRepository(uow, tenant_id)
    card_no = transfers.find(transfer_id).card_no
    CardRepository(uow).get(tenant_id, card_no, lock=True)
    found = transfers.open_of(card_no)
    is_his = found is not None and (found.transfer_id, found.to_customer_id) == (
        transfer_id,
        customer_id,
    )
    if found is None or not is_his or found.expires_at <= clock.now():
        raise NotFoundError("this card is not offered to you any more")
    return found


def _taker(uow: UnitOfWork, tenant_id: str, phone: str, name: str) -> Customer:
    known = people.customer_by_phone(uow, tenant_id=tenant_id, phone=phone)
    if known is not None:
        return known
    if not name.strip():
        raise InvalidError("enter the name of whoever shall have the card")
    return people.create_customer(uow, tenant_id=tenant_id, phone=phone, name=name.strip())


def _tell(uow: UnitOfWork, transfer: CardTransfer, phone: str, card: Card) -> None:
    notices.queue_sms(
        uow,
        tenant_id=transfer.tenant_id,
        dedupe_key=f"transfer:{transfer.transfer_id}",
        phone=phone,
        text=(
            f"有人要把尾号 {card.card_no[-4:]} 的水卡转给您。请用本手机号登录水卡页面，"
            "7 天内确认后生效；如不认识对方，请不要理会。"
        ),
    )
