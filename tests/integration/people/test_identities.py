"""Whose papers were seen: the number rests sealed, and who reads it is on record."""

import pytest
from sqlalchemy import text

from tapline import audit, people
from tapline.errors import InvalidError, NotFoundError
from tapline.people import Customer, Document
from tapline.uow import UnitOfWork
from tests import factories

NUMBER = "11010519491231002X"


@pytest.fixture
def customer(uow: UnitOfWork) -> Customer:
    factories.tenant(uow)
    return people.create_customer(uow, tenant_id="demo", phone="13800138000", name="李敏")


def seen(uow: UnitOfWork, customer: Customer, number: str = NUMBER) -> None:
    people.verify_identity(
        uow,
        vault=factories.VAULT,
        tenant_id="demo",
        customer_id=customer.customer_id,
        real_name="李敏",
        document=Document.ID_CARD,
        number=number,
        actor="lin.xia",
        how="at the counter",
    )


@pytest.mark.req("H254")
def test_the_number_is_nowhere_in_the_clear_and_reading_it_is_on_record(
    uow: UnitOfWork, customer: Customer
) -> None:
    seen(uow, customer)
    row = uow.session.execute(text("select t::text from customer_identity t")).scalar_one()
    assert NUMBER not in row
    assert NUMBER.encode().hex() not in row

    with pytest.raises(InvalidError, match="say why"):
        people.reveal_identity(
            uow,
            vault=factories.VAULT,
            tenant_id="demo",
            customer_id=customer.customer_id,
            actor="he.qing",
            reason=" ",
        )
    assert (
        people.reveal_identity(
            uow,
            vault=factories.VAULT,
            tenant_id="demo",
            customer_id=customer.customer_id,
            actor="he.qing",
            reason="bank transfer",
        )
        == NUMBER
    )
    trail = audit.about(uow, tenant_id="demo", subject=f"customer:{customer.customer_id}")
    assert [(one.actor, one.action, one.reason) for one in trail] == [
        ("he.qing", "identity.reveal", "bank transfer"),
        ("lin.xia", "identity.verify", "at the counter"),
    ]


def test_papers_say_when_somebody_was_born_and_newer_ones_count(
    uow: UnitOfWork, customer: Customer
) -> None:
    seen(uow, customer)
    seen(uow, customer, "110105200001010032")

    identity = people.identity_of(uow, tenant_id="demo", customer_id=customer.customer_id)
    assert identity is not None
    assert identity.number_tail == "0032"
    assert str(customer.born_on) == "2000-01-01"
    assert not people.is_minor(customer)


def test_another_operator_knows_nothing_of_it(uow: UnitOfWork, customer: Customer) -> None:
    seen(uow, customer)

    assert not people.is_verified(uow, tenant_id="other", customer_id=customer.customer_id)
    with pytest.raises(NotFoundError):
        people.verify_identity(
            uow,
            vault=factories.VAULT,
            tenant_id="other",
            customer_id=customer.customer_id,
            real_name="x",
            document=Document.PASSPORT,
            number="AB123456",
            actor="x",
            how="x",
        )
