import re
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from tapline import audit, clock
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.ids import new_id
from tapline.people.customers.model import Customer
from tapline.people.customers.repository import CustomerRepository
from tapline.people.identities import rules
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


def bring_in(uow: UnitOfWork, *, tenant_id: str, names: Mapping[str, str]) -> dict[str, Customer]:
    """The customers with these phones (eleven digits): those we know as they are, the others new
    with the names given; by phone."""
    customers = CustomerRepository(uow)
    known = {one.phone: one for one in customers.by_phones(tenant_id, names)}
    new = [
        Customer(customer_id=new_id(), tenant_id=tenant_id, phone=phone, name=name)
        for phone, name in names.items()
        if phone not in known
    ]
    customers.add_all(new)
    return known | {one.phone: one for one in new}


def set_guardian(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    customer_id: UUID,
    born_on: date,
    name: str,
    phone: str,
    actor: str,
    reason: str,
) -> Customer:
    """Note who stands for a minor: he is told what happens, and asks for money back.

    Raises:
        NotFoundError: the tenant has no such customer.
        InvalidError: the customer is of age, the phone is none, or name or reason are missing.
    """
    customer = CustomerRepository(uow).find(tenant_id, customer_id)
    if customer is None:
        raise NotFoundError("no such customer")
    if not name.strip() or not reason.strip():
        raise InvalidError("write the guardian's name, and how you know that it is he")
    customer.born_on = born_on
    if not is_minor(customer):
        raise InvalidError("only somebody under 18 has a guardian here: look at the day of birth")
    customer.guardian_name, customer.guardian_phone = name.strip(), phone_number(phone)
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="customer.guardian",
        subject=f"customer:{customer_id}",
        reason=reason.strip(),
    )
    return customer


def is_minor(customer: Customer) -> bool:
    """Whether the customer is under 18 today, as far as we know."""
    born = customer.born_on
    return born is not None and rules.age(born, clock.business_date(clock.now())) < rules.ADULT_AGE


def contact_phone(customer: Customer) -> str:
    """Where messages for a customer go: a minor's guardian's phone, if we know it."""
    guardian = customer.guardian_phone if is_minor(customer) else None
    return guardian or customer.phone


def find(uow: UnitOfWork, *, tenant_id: str, customer_id: UUID) -> Customer | None:
    """The customer, if he is this tenant's."""
    return CustomerRepository(uow).find(tenant_id, customer_id)


def by_phone(uow: UnitOfWork, *, tenant_id: str, phone: str) -> Customer | None:
    """The customer with this phone, eleven digits."""
    return CustomerRepository(uow).by_phone(tenant_id, phone)


def by_phone_tail(uow: UnitOfWork, *, tenant_id: str, tail: str) -> Sequence[Customer]:
    """Customers whose phone ends in `tail`, four digits or more; at most 20, newest first."""
    if not re.fullmatch(r"\d{4,11}", tail):
        return []
    return CustomerRepository(uow).by_phone_tail(tenant_id, tail, 20)
