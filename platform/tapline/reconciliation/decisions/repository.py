from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from tapline.errors import NotFoundError
from tapline.reconciliation.decisions.model import DecisionState, FindingDecision
from tapline.uow import UnitOfWork


class DecisionRepository:
    """The decisions of one tenant's people."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, decision: FindingDecision) -> None:
        self._session.add(decision)
        self._session.flush()

    def get(self, decision_id: UUID) -> FindingDecision:
        """One decision, locked."""
        found = self._session.get(
            FindingDecision, decision_id, with_for_update=True, populate_existing=True
        )
        if found is None or found.tenant_id != self._tenant_id:
            raise NotFoundError("no such decision")
        return found

    def of_finding(self, finding_id: UUID) -> Sequence[FindingDecision]:
        """Newest first."""
        return self._session.scalars(
            select(FindingDecision)
            .where(
                FindingDecision.tenant_id == self._tenant_id,
                FindingDecision.finding_id == finding_id,
            )
            .order_by(FindingDecision.decision_id.desc())
            .execution_options(populate_existing=True)
        ).all()

    def standing(self, card_nos: Collection[str]) -> Sequence[FindingDecision]:
        """What counts for these cards."""
        return self._session.scalars(
            select(FindingDecision).where(
                FindingDecision.tenant_id == self._tenant_id,
                FindingDecision.card_no.in_(card_nos),
                FindingDecision.state == DecisionState.STANDS,
            )
        ).all()
