from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update

from tapline.people.customers.model import Customer
from tapline.people.sessions.model import PersonSession
from tapline.people.staff.model import Staff
from tapline.uow import UnitOfWork


class SessionRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, session: PersonSession) -> None:
        self._session.add(session)
        self._session.flush()

    def alive(
        self, token_hash: bytes, now: datetime
    ) -> tuple[PersonSession, Staff | None, Customer | None] | None:
        """The session and its person, unless it has ended or the account is disabled."""
        row = self._session.execute(
            select(PersonSession, Staff, Customer)
            .outerjoin(Staff, Staff.staff_id == PersonSession.staff_id)
            .outerjoin(Customer, Customer.customer_id == PersonSession.customer_id)
            .where(
                PersonSession.token_hash == token_hash,
                PersonSession.revoked_at.is_(None),
                PersonSession.expires_at > now,
                Staff.disabled_at.is_(None),
            )
        ).first()
        if row is None:
            return None
        session, staff, customer = row
        return session, staff, customer

    def revoke(self, token_hash: bytes, now: datetime) -> None:
        self._session.execute(
            update(PersonSession)
            .where(PersonSession.token_hash == token_hash, PersonSession.revoked_at.is_(None))
            .values(revoked_at=now)
        )

    def revoke_all(self, staff_id: UUID, now: datetime) -> None:
        self._session.execute(
            update(PersonSession)
            .where(PersonSession.staff_id == staff_id, PersonSession.revoked_at.is_(None))
            .values(revoked_at=now)
        )

    def forget_before(self, moment: datetime) -> None:
        self._session.execute(delete(PersonSession).where(PersonSession.expires_at < moment))
