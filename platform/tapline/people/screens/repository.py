from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from tapline.people.screens.model import Screen
from tapline.uow import UnitOfWork


class ScreenRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, screen: Screen) -> None:
        self._session.add(screen)
        self._session.flush()

    def alive(self, token_hash: bytes) -> Screen | None:
        return self._session.scalar(
            select(Screen).where(Screen.token_hash == token_hash, Screen.revoked_at.is_(None))
        )

    def find(self, tenant_id: str, screen_id: UUID) -> Screen | None:
        return self._session.scalar(
            select(Screen).where(Screen.tenant_id == tenant_id, Screen.screen_id == screen_id)
        )

    def listed(self, tenant_id: str) -> Sequence[Screen]:
        return self._session.scalars(
            select(Screen)
            .where(Screen.tenant_id == tenant_id, Screen.revoked_at.is_(None))
            .order_by(Screen.created_at)
        ).all()
