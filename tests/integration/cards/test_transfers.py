"""A card changes hands when both say so, and what was paid for it goes back to nobody else."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from tapline import cards, clock, payments, people
from tapline.cards import transfers
from tapline.cards.transfers import CardTransfer
from tapline.errors import ConflictError, InvalidError, NotFoundError, TooManyError
from tapline.notices import Notice
from tapline.people import Customer
from tapline.uow import UnitOfWork
from tests import factories

CARD = "88001234"
NEW_PHONE = "13900139000"


class Street:
    """李敏 has a card and a neighbour."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.uow = uow
        factories.tenant(uow)
        factories.card(uow, CARD)
        self.holder = people.create_customer(
            uow, tenant_id="demo", phone="13800138000", name="李敏"
        )
        cards.assign(uow, tenant_id="demo", card_no=CARD, customer_id=self.holder.customer_id)

    def offers(self, phone: str = NEW_PHONE, name: str = "王强") -> CardTransfer:
        return transfers.offer(
            self.uow,
            tenant_id="demo",
            card_no=CARD,
            customer=self.holder,
            phone=phone,
            name=name,
        )

    @property
    def neighbour(self) -> Customer:
        found = people.customer_by_phone(self.uow, tenant_id="demo", phone=NEW_PHONE)
        assert found is not None
        return found

    def takes(self, transfer: CardTransfer, customer: Customer | None = None) -> None:
        transfers.accept(
            self.uow,
            tenant_id="demo",
            transfer_id=transfer.transfer_id,
            customer=customer or self.neighbour,
        )

    @property
    def owner(self) -> object:
        return cards.get(self.uow, tenant_id="demo", card_no=CARD).customer_id


@pytest.fixture
def street(uow: UnitOfWork) -> Iterator[Street]:
    with clock.frozen(factories.START):
        yield Street(uow)


def test_a_card_changes_hands_when_both_have_said_so_by_their_phones(street: Street) -> None:
    transfer = street.offers()
    assert street.owner == street.holder.customer_id
    assert street.uow.session.scalars(select(Notice.recipient)).all() == [NEW_PHONE]

    street.takes(transfer)

    assert street.owner == street.neighbour.customer_id
    step = cards.steps(street.uow, tenant_id="demo", card_no=CARD)[0]
    assert (step.act.value, step.actor) == (
        "register",
        f"customer:{street.neighbour.customer_id}",
    )
    assert step.reason == "transferred"


def test_nobody_takes_what_was_not_offered_to_him_or_not_any_more(street: Street) -> None:
    transfer = street.offers()
    with pytest.raises(NotFoundError):
        street.takes(transfer, street.holder)

    transfers.withdraw(street.uow, tenant_id="demo", card_no=CARD, customer=street.holder)
    with pytest.raises(NotFoundError):
        street.takes(transfer)

    again = street.offers()
    with clock.frozen(factories.START + timedelta(days=7)), pytest.raises(NotFoundError):
        street.takes(again)
    transfers.decline(
        street.uow,
        tenant_id="demo",
        transfer_id=again.transfer_id,
        customer=street.neighbour,
    )
    assert street.owner == street.holder.customer_id


def test_a_lost_card_does_not_change_hands(street: Street) -> None:
    transfer = street.offers()
    cards.report_lost(street.uow, tenant_id="demo", card_no=CARD, actor="x", reason="y")

    with pytest.raises(ConflictError):
        street.takes(transfer)
    with pytest.raises(ConflictError):
        street.offers()


def test_bad_offers_say_what_is_wrong(street: Street) -> None:
    with pytest.raises(InvalidError, match="your own phone"):
        street.offers(street.holder.phone)
    with pytest.raises(InvalidError, match="name"):
        street.offers(name=" ")
    for _ in range(5):
        street.offers()
    with pytest.raises(TooManyError):
        street.offers()


def test_money_goes_back_to_who_has_the_card_and_not_to_who_had_it(street: Street) -> None:
    payments.import_paid(
        street.uow,
        tenant_id="demo",
        provider="wechat",
        subject=f"card:{CARD}",
        amount_fen=5000,
        paid_at=clock.now(),
        provider_trade_no="t1",
        customer_id=street.holder.customer_id,
    )
    street.takes(street.offers())

    def routes(customer: Customer) -> int:
        found = payments.refundable(
            street.uow,
            tenant_id="demo",
            subjects=[f"card:{CARD}"],
            customer_id=customer.customer_id,
        )
        return len(found)

    assert (routes(street.holder), routes(street.neighbour)) == (1, 0)
