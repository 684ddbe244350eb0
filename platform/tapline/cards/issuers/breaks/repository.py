from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from tapline.cards.issuers.breaks.model import BreakResolution, IssuerBreak
from tapline.errors import NotFoundError
from tapline.uow import UnitOfWork


class BreakRepository:
    """The breaks of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add_all(self, breaks: Sequence[IssuerBreak]) -> None:
        self._session.add_all(breaks)
        self._session.flush()

    def get(self, break_id: UUID, *, lock: bool = False) -> IssuerBreak:
        found = self._session.get(
            IssuerBreak, break_id, with_for_update=lock or None, populate_existing=lock
        )
        if found is None or found.tenant_id != self._tenant_id:
            raise NotFoundError(f"no break {break_id}")
        return found

    def listed(self, issuer_id: str | None, *, is_open: bool, limit: int) -> Sequence[IssuerBreak]:
        breaks = select(IssuerBreak).where(
            IssuerBreak.tenant_id == self._tenant_id,
            IssuerBreak.resolved_at.is_(None) if is_open else IssuerBreak.resolved_at.is_not(None),
        )
        if issuer_id is not None:
            breaks = breaks.where(IssuerBreak.issuer_id == issuer_id)
        order = IssuerBreak.opened_at if is_open else IssuerBreak.resolved_at.desc()
        return self._session.scalars(
            breaks.order_by(order, IssuerBreak.break_id).limit(limit)
        ).all()

    def of_issuer(self, issuer_id: str) -> Sequence[IssuerBreak]:
        """Every break, open or not."""
        return self._session.scalars(
            select(IssuerBreak).where(
                IssuerBreak.tenant_id == self._tenant_id, IssuerBreak.issuer_id == issuer_id
            )
        ).all()

    def known(self, settlement_id: UUID) -> set[tuple[str, str]]:
        """(kind, key) of the breaks of a settlement."""
        rows = self._session.execute(
            select(IssuerBreak.kind, IssuerBreak.key).where(
                IssuerBreak.settlement_id == settlement_id
            )
        )
        return {(kind.value, key) for kind, key in rows}

    def given_up(self, issuer_id: str) -> Sequence[IssuerBreak]:
        """Breaks that ended without the issuer's paying, as far as that is not restored."""
        return self._session.scalars(
            select(IssuerBreak)
            .where(
                IssuerBreak.tenant_id == self._tenant_id,
                IssuerBreak.issuer_id == issuer_id,
                IssuerBreak.resolved_at.is_not(None),
                IssuerBreak.resolution.in_([BreakResolution.LOSS, BreakResolution.CORRECT]),
                IssuerBreak.ours_fen - IssuerBreak.theirs_fen > IssuerBreak.restored_fen,
            )
            .order_by(IssuerBreak.opened_at, IssuerBreak.break_id)
            .with_for_update()
        ).all()

    def to_claim_again(self, issuer_id: str) -> Sequence[IssuerBreak]:
        """Breaks that shall be claimed once more, and are in no settlement yet."""
        return self._session.scalars(
            select(IssuerBreak)
            .where(
                IssuerBreak.tenant_id == self._tenant_id,
                IssuerBreak.issuer_id == issuer_id,
                IssuerBreak.resolution == BreakResolution.AGAIN,
                IssuerBreak.resolved_at.is_not(None),
                IssuerBreak.claimed_again_in.is_(None),
            )
            .order_by(IssuerBreak.opened_at, IssuerBreak.break_id)
            .with_for_update()
        ).all()
