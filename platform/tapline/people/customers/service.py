import re
from collections.abc import Sequence
from uuid import UUID

from tapline.errors import ConflictError, InvalidError
from tapline.ids import new_id
from tapline.people.customers.model import Customer
from tapline.people.customers.repository import CustomerRepository
from tapline.uow import UnitOfWork

_PHONE = re.compile(r"1[3-9]\d{9}")


def phone_number(text: str) -> str:
    """The eleven digits of a mainland mobile number, however it was written.

    Raises:
        InvalidError: it is none.
    """
    digits = re.sub(r"[\s()-]", "", text)
    digits = re.sub(r"^(\+|00)?86(?=1)", "", digits)
    if not _PHONE.fullmatch(digits):
        raise InvalidError("enter the eleven digits of a mobile number, such as 138 0013 8000")
    return digits


def create(uow: UnitOfWork, *, tenant_id: str, phone: str, name: str) -> Customer:
    """A new customer, known by phone.

    Raises:
        InvalidError: not a mobile number.
        ConflictError: the phone is a customer's already.
    """
    phone = phone_number(phone)
    customers = CustomerRepository(uow)
    if customers.by_phone(tenant_id, phone) is not None:
        raise ConflictError("this phone belongs to a customer already")
    customer = Customer(customer_id=new_id(), tenant_id=tenant_id, phone=phone, name=name)
    customers.add(customer)
    return customer


def find(uow: UnitOfWork, *, tenant_id: str, customer_id: UUID) -> Customer | None:
    """The customer, if he is this tenant's."""
    return CustomerRepository(uow).find(tenant_id, customer_id)


def by_phone_tail(uow: UnitOfWork, *, tenant_id: str, tail: str) -> Sequence[Customer]:
    """Customers whose phone ends in `tail`, four digits or more; at most 20, newest first."""
    if not re.fullmatch(r"\d{4,11}", tail):
        return []
    return CustomerRepository(uow).by_phone_tail(tenant_id, tail, 20)
