from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert

from tapline.errors import NotFoundError
from tapline.payments.breaks.model import ProviderBreak
from tapline.uow import UnitOfWork


class BreakRepository:
    """The breaks of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def noted(self, provider: str, row: dict[str, object]) -> ProviderBreak:
        """The break of this kind and number, locked; added as `row` where there is none."""
        named = {"tenant_id": self._tenant_id, "provider": provider}
        self._session.execute(insert(ProviderBreak).values(row | named).on_conflict_do_nothing())
        return self._session.scalars(
            select(ProviderBreak)
            .where(
                ProviderBreak.tenant_id == self._tenant_id,
                ProviderBreak.provider == provider,
                ProviderBreak.kind == row["kind"],
                ProviderBreak.number == row["number"],
            )
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one()

    def open_of_bill(
        self, provider: str, bill_id: UUID, numbers: Collection[str]
    ) -> Sequence[ProviderBreak]:
        """Open breaks that a bill judges: its own, and those told before that it names; locked."""
        told_before = ProviderBreak.bill_id.is_(None) & ProviderBreak.number.in_(numbers)
        return self._session.scalars(
            select(ProviderBreak)
            .where(
                ProviderBreak.tenant_id == self._tenant_id,
                ProviderBreak.provider == provider,
                ProviderBreak.ended_at.is_(None),
                or_(ProviderBreak.bill_id == bill_id, told_before),
            )
            .order_by(ProviderBreak.break_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()

    def get(self, break_id: UUID, *, lock: bool = False) -> ProviderBreak:
        found = self._session.get(
            ProviderBreak, break_id, with_for_update=lock or None, populate_existing=lock
        )
        if found is None or found.tenant_id != self._tenant_id:
            raise NotFoundError(f"no break {break_id}")
        return found

    def listed(self, *, is_open: bool, limit: int) -> Sequence[ProviderBreak]:
        """Open ones, the oldest first; or ended ones, the latest first."""
        breaks = select(ProviderBreak).where(
            ProviderBreak.tenant_id == self._tenant_id,
            ProviderBreak.ended_at.is_(None) if is_open else ProviderBreak.ended_at.is_not(None),
        )
        order = ProviderBreak.opened_at if is_open else ProviderBreak.ended_at.desc()
        return self._session.scalars(
            breaks.order_by(order, ProviderBreak.break_id).limit(limit)
        ).all()

    def of_bill(self, bill_id: UUID) -> Sequence[ProviderBreak]:
        """In order of lines; what is on no line comes last."""
        return self._session.scalars(
            select(ProviderBreak)
            .where(ProviderBreak.tenant_id == self._tenant_id, ProviderBreak.bill_id == bill_id)
            .order_by(ProviderBreak.line, ProviderBreak.number)
        ).all()

    def due(self, now: datetime) -> Sequence[ProviderBreak]:
        """Open ones whose time to heal is over."""
        return self._session.scalars(
            select(ProviderBreak)
            .where(
                ProviderBreak.tenant_id == self._tenant_id,
                ProviderBreak.ended_at.is_(None),
                ProviderBreak.due_at <= now,
            )
            .order_by(ProviderBreak.opened_at, ProviderBreak.break_id)
        ).all()

    @staticmethod
    def to_ask(
        uow: UnitOfWork, providers: Collection[str], now: datetime, limit: int
    ) -> Sequence[ProviderBreak]:
        """Lock what the provider is to be asked about, of every tenant."""
        return uow.session.scalars(
            select(ProviderBreak)
            .where(ProviderBreak.ask_at <= now, ProviderBreak.provider.in_(providers))
            .order_by(ProviderBreak.ask_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
