"""Who orders barrels and keeps a card of its own, beside the crowd at the dispensers."""

from tapline import people
from tapline.people import Customer
from tapline.uow import UnitOfWork
from tapline_ops.provision import DEMO

_PHONE = "13811110000"


def household(uow: UnitOfWork) -> Customer:
    """The one household of the play, made when it first acts."""
    found = people.customers_by_phone_tail(uow, tenant_id=DEMO, tail=_PHONE)
    if found:
        return found[0]
    return people.create_customer(uow, tenant_id=DEMO, phone=_PHONE, name="沈家")
