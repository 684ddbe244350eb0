from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from tapline.errors import NotFoundError
from tapline.policy.proposals.model import PolicyProposal, ProposalState
from tapline.uow import UnitOfWork


class ProposalRepository:
    """The proposals of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, proposal: PolicyProposal) -> None:
        self._session.add(proposal)

    def listed(self, limit: int) -> Sequence[PolicyProposal]:
        """Newest first."""
        return self._session.scalars(
            select(PolicyProposal)
            .where(PolicyProposal.tenant_id == self._tenant_id)
            .order_by(PolicyProposal.proposed_at.desc())
            .limit(limit)
        ).all()

    def to_decide(self, proposal_id: UUID) -> PolicyProposal:
        """One that waits; all that wait are locked, so that of two decisions one comes first.

        Raises:
            NotFoundError: no such proposal waits.
        """
        waiting = self._session.scalars(
            select(PolicyProposal)
            .where(
                PolicyProposal.tenant_id == self._tenant_id,
                PolicyProposal.state == ProposalState.PROPOSED,
            )
            .order_by(PolicyProposal.proposal_id)
            .with_for_update()
        )
        for proposal in waiting:
            if proposal.proposal_id == proposal_id:
                return proposal
        raise NotFoundError("no such proposal waits: it was decided, or taken back")
