from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from tapline.people.customers.model import Customer
from tapline.uow import UnitOfWork


class CustomerRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, customer: Customer) -> None:
        self._session.add(customer)
        self._session.flush()

    def by_phone(self, tenant_id: str, phone: str) -> Customer | None:
        return self._session.scalar(
            select(Customer).where(Customer.tenant_id == tenant_id, Customer.phone == phone)
        )

    def by_phones(self, tenant_id: str, phones: Collection[str]) -> Sequence[Customer]:
        return self._session.scalars(
            select(Customer).where(Customer.tenant_id == tenant_id, Customer.phone.in_(phones))
        ).all()

    def add_all(self, customers: Sequence[Customer]) -> None:
        self._session.add_all(customers)
        self._session.flush()

    def by_phone_tail(self, tenant_id: str, tail: str, limit: int) -> Sequence[Customer]:
        return self._session.scalars(
            select(Customer)
            .where(Customer.tenant_id == tenant_id, Customer.phone.endswith(tail, autoescape=True))
            .order_by(Customer.created_at.desc())
            .limit(limit)
        ).all()

    def find(self, tenant_id: str, customer_id: UUID) -> Customer | None:
        return self._session.scalar(
            select(Customer).where(
                Customer.tenant_id == tenant_id, Customer.customer_id == customer_id
            )
        )
