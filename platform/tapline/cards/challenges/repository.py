from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from tapline.cards.challenges.model import Challenge, ChallengeState
from tapline.uow import UnitOfWork


class ChallengeRepository:
    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, challenge: Challenge) -> None:
        self._session.add(challenge)
        self._session.flush()

    def waiting_at(self, device_id: str) -> Challenge | None:
        """The one that a machine waits for, locked."""
        return self._session.scalar(
            select(Challenge)
            .where(
                Challenge.tenant_id == self._tenant_id,
                Challenge.device_id == device_id,
                Challenge.state == ChallengeState.WAITING,
            )
            .with_for_update()
            .execution_options(populate_existing=True)
        )

    def by_command(self, device_id: str, command_id: str) -> Challenge | None:
        """The one that a command asked for, locked."""
        return self._session.scalar(
            select(Challenge)
            .where(
                Challenge.tenant_id == self._tenant_id,
                Challenge.device_id == device_id,
                Challenge.command_id == command_id,
            )
            .with_for_update()
            .execution_options(populate_existing=True)
        )

    def of(self, customer_id: UUID, challenge_id: UUID) -> Challenge | None:
        """A customer's own, locked; another's does not exist for him."""
        return self._session.scalar(
            select(Challenge)
            .where(
                Challenge.tenant_id == self._tenant_id,
                Challenge.customer_id == customer_id,
                Challenge.challenge_id == challenge_id,
            )
            .with_for_update()
            .execution_options(populate_existing=True)
        )

    def asked_by(self, customer_id: UUID, limit: int) -> Sequence[Challenge]:
        """A customer's latest, newest first."""
        return self._session.scalars(
            select(Challenge)
            .where(Challenge.tenant_id == self._tenant_id, Challenge.customer_id == customer_id)
            .order_by(Challenge.asked_at.desc())
            .limit(limit)
        ).all()
