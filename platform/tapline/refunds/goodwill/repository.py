from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, tuple_

from tapline.cards.facts import Charge
from tapline.errors import NotFoundError
from tapline.refunds.goodwill.model import Goodwill, GoodwillState
from tapline.uow import UnitOfWork

Key = tuple[str, int]


class GoodwillRepository:
    """Goodwill of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, goodwill: Goodwill) -> None:
        self._session.add(goodwill)
        self._session.flush()

    def add_all(self, acts: Sequence[Goodwill]) -> None:
        """Many in one statement."""
        self._session.add_all(acts)
        self._session.flush()

    def locked(self, goodwill_id: UUID) -> Goodwill:
        found = self._session.get(
            Goodwill, goodwill_id, with_for_update=True, populate_existing=True
        )
        if found is None or found.tenant_id != self._tenant_id:
            raise NotFoundError(f"no goodwill {goodwill_id}")
        return found

    def end(self, goodwill: Goodwill) -> None:
        """Its pour may have another act."""
        goodwill.state = GoodwillState.UNDONE
        self._session.flush()

    def charge(self, device_id: str, seq: int) -> Charge:
        """What a pour cost; locked, so that nothing restates it meanwhile."""
        found = self._session.get(
            Charge, (device_id, seq), with_for_update=True, populate_existing=True
        )
        if found is None or found.tenant_id != self._tenant_id:
            raise NotFoundError(f"no pour {device_id} {seq}")
        return found

    def charges(self, keys: Collection[Key]) -> dict[Key, Charge]:
        """What pours cost, locked likewise, in one order; one that nobody was ever charged for, as
        with a wrong proof, is absent."""
        rows = self._session.scalars(
            select(Charge)
            .where(
                Charge.tenant_id == self._tenant_id,
                tuple_(Charge.device_id, Charge.seq).in_(list(keys)),
            )
            .order_by(Charge.device_id, Charge.seq)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return {(charge.device_id, charge.seq): charge for charge in rows}

    def of(self, keys: Collection[Key]) -> Sequence[Goodwill]:
        """What was given or asked for, for these pours."""
        return self._listed(*_live(keys))

    def known(self, keys: Collection[Key]) -> list[Key]:
        """For which of these pours there is any of that."""
        rows = select(Goodwill.device_id, Goodwill.seq).where(
            Goodwill.tenant_id == self._tenant_id, *_live(keys)
        )
        return [(device_id, seq) for device_id, seq in self._session.execute(rows)]

    def listed(self, state: GoodwillState | None, limit: int) -> Sequence[Goodwill]:
        """Newest first."""
        about = (Goodwill.state == state,) if state else ()
        return self._listed(*about)[:limit]

    def given_to_card(self, card_no: str, since: datetime) -> int:
        return self._sum(Goodwill.card_no == card_no, Goodwill.given_at > since)

    def given_by(self, staff_id: UUID, since: datetime) -> int:
        """What he gave at his own word."""
        own = (Goodwill.staff_id == staff_id, Goodwill.decided_by.is_(None))
        return self._sum(*own, Goodwill.given_at >= since)

    def _listed(self, *about: ColumnElement[bool]) -> Sequence[Goodwill]:
        rows = select(Goodwill).where(Goodwill.tenant_id == self._tenant_id, *about)
        newest = (Goodwill.asked_at.desc(), Goodwill.goodwill_id.desc())
        return self._session.scalars(rows.order_by(*newest)).all()

    def _sum(self, *about: ColumnElement[bool]) -> int:
        given = select(func.sum(Goodwill.amount_fen)).where(
            Goodwill.tenant_id == self._tenant_id, Goodwill.state == GoodwillState.GIVEN, *about
        )
        return int(self._session.scalar(given) or 0)

    @staticmethod
    def export(uow: UnitOfWork) -> Iterator[Goodwill]:
        """All of every tenant, streamed."""
        rows = select(Goodwill).order_by(Goodwill.goodwill_id)
        return iter(uow.session.scalars(rows.execution_options(yield_per=1000)))


def _live(keys: Collection[Key]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    named = tuple_(Goodwill.device_id, Goodwill.seq).in_(list(keys))
    return named, Goodwill.state.in_([GoodwillState.ASKED, GoodwillState.GIVEN])
