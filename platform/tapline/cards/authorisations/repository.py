from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import case, func, select, tuple_

from tapline.cards.authorisations.model import Authorisation, AuthorisationState
from tapline.uow import UnitOfWork


class AuthorisationRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, authorisation: Authorisation) -> None:
        self._session.add(authorisation)
        self._session.flush()

    def answers(self, asked: Collection[tuple[str, str]]) -> dict[tuple[str, str], Authorisation]:
        """What was answered to those (device_id, req) that were asked before."""
        found = select(Authorisation).where(
            tuple_(Authorisation.device_id, Authorisation.req).in_(asked)
        )
        return {(row.device_id, row.req): row for row in self._session.scalars(found)}

    def drawn_fen(self, tenant_id: str, card_no: str, since: datetime) -> int:
        """What a card drew, or still may, by answers since then."""
        open_ = (AuthorisationState.HELD, AuthorisationState.UNHELD)
        worth = case(
            (Authorisation.state.in_(open_), Authorisation.max_fen), else_=Authorisation.used_fen
        )
        drawn = select(func.coalesce(func.sum(worth), 0)).where(
            Authorisation.tenant_id == tenant_id,
            Authorisation.card_no == card_no,
            Authorisation.asked_at >= since,
        )
        return int(self._session.scalar(drawn) or 0)

    def locked(self, tenant_id: str, hold_ids: Collection[str]) -> dict[str, Authorisation]:
        """Those of the holds that are the tenant's, locked in an order that all share."""
        rows = self._session.scalars(
            select(Authorisation)
            .where(Authorisation.tenant_id == tenant_id, Authorisation.hold_id.in_(hold_ids))
            .order_by(Authorisation.hold_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return {row.hold_id: row for row in rows if row.hold_id is not None}

    def overdue(self, tenant_id: str, moment: datetime, limit: int) -> Sequence[Authorisation]:
        """Holds whose time is over; what another transaction works on is left to it."""
        return self._session.scalars(
            select(Authorisation)
            .where(
                Authorisation.tenant_id == tenant_id,
                Authorisation.state == AuthorisationState.HELD,
                Authorisation.held_until < moment,
            )
            .order_by(Authorisation.hold_id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()

    def held_on(self, tenant_id: str, card_no: str) -> Sequence[Authorisation]:
        """The open holds of a card."""
        return self._session.scalars(
            select(Authorisation)
            .where(
                Authorisation.tenant_id == tenant_id,
                Authorisation.card_no == card_no,
                Authorisation.state == AuthorisationState.HELD,
            )
            .order_by(Authorisation.hold_id)
            .with_for_update()
        ).all()

    def unused(self, device_ids: Collection[str], moment: datetime) -> Sequence[Authorisation]:
        """Holds of machines after whose expiry they may not open their valves any more."""
        return self._session.scalars(
            select(Authorisation)
            .where(
                Authorisation.device_id.in_(sorted(device_ids)),
                Authorisation.state == AuthorisationState.HELD,
                Authorisation.expires_at < moment,
            )
            .order_by(Authorisation.hold_id)
            .with_for_update()
        ).all()

    def of_card(self, tenant_id: str, card_no: str, limit: int) -> Sequence[Authorisation]:
        return self._session.scalars(
            select(Authorisation)
            .where(Authorisation.tenant_id == tenant_id, Authorisation.card_no == card_no)
            .order_by(Authorisation.asked_at.desc())
            .limit(limit)
        ).all()
