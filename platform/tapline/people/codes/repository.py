from datetime import datetime

from sqlalchemy import delete, select, text, update

from tapline.people.codes.model import OneTimeCode
from tapline.uow import UnitOfWork


class CodeRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, code: OneTimeCode) -> None:
        self._session.add(code)
        self._session.flush()

    def serialise(self, phone: str, address: str) -> None:
        """Let no other transaction count the same phone or address until this one has ended."""
        for name in sorted((f"code:phone:{phone}", f"code:address:{address}")):
            self._session.execute(
                text("select pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name}
            )

    def asked_for_phone(self, tenant_id: str, phone: str, since: datetime) -> list[datetime]:
        return list(
            self._session.scalars(
                select(OneTimeCode.asked_at)
                .where(
                    OneTimeCode.tenant_id == tenant_id,
                    OneTimeCode.phone == phone,
                    OneTimeCode.asked_at > since,
                )
                .order_by(OneTimeCode.asked_at)
            )
        )

    def asked_from_address(self, address: str, since: datetime) -> list[datetime]:
        return list(
            self._session.scalars(
                select(OneTimeCode.asked_at)
                .where(OneTimeCode.address == address, OneTimeCode.asked_at > since)
                .order_by(OneTimeCode.asked_at)
            )
        )

    def attempt(
        self, tenant_id: str, phone: str, now: datetime, attempts_max: int
    ) -> OneTimeCode | None:
        """Count an attempt on the phone's newest code; None where none is left or it is stale.

        One statement: parallel guesses are counted one by one.
        """
        newest = (
            select(OneTimeCode.code_id)
            .where(OneTimeCode.tenant_id == tenant_id, OneTimeCode.phone == phone)
            .order_by(OneTimeCode.asked_at.desc(), OneTimeCode.code_id.desc())
            .limit(1)
        )
        return self._session.scalar(
            update(OneTimeCode)
            .where(
                OneTimeCode.code_id == newest.scalar_subquery(),
                OneTimeCode.used_at.is_(None),
                OneTimeCode.expires_at > now,
                OneTimeCode.attempts < attempts_max,
            )
            .values(attempts=OneTimeCode.attempts + 1)
            .returning(OneTimeCode)
            .execution_options(populate_existing=True)
        )

    def forget_before(self, moment: datetime) -> None:
        self._session.execute(delete(OneTimeCode).where(OneTimeCode.expires_at < moment))
