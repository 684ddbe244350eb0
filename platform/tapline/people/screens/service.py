import hashlib
import secrets
from collections.abc import Sequence
from uuid import UUID

from tapline import clock
from tapline.errors import NotFoundError
from tapline.ids import new_id
from tapline.people.screens.model import Screen
from tapline.people.screens.repository import ScreenRepository
from tapline.uow import UnitOfWork


def create(uow: UnitOfWork, *, tenant_id: str, name: str) -> tuple[Screen, str]:
    """A new screen and its token, for the address `/board?token=…`: shown now and never again."""
    token = secrets.token_urlsafe(32)
    screen = Screen(
        screen_id=new_id(),
        tenant_id=tenant_id,
        name=name,
        token_hash=_hash(token),
        created_at=clock.now(),
        revoked_at=None,
    )
    ScreenRepository(uow).add(screen)
    return screen, token


def opened_by(uow: UnitOfWork, *, token: str) -> Screen | None:
    """The screen that this token is for, unless it was revoked."""
    return ScreenRepository(uow).alive(_hash(token))


def listed(uow: UnitOfWork, *, tenant_id: str) -> Sequence[Screen]:
    """A tenant's screens, oldest first."""
    return ScreenRepository(uow).listed(tenant_id)


def revoke(uow: UnitOfWork, *, tenant_id: str, screen_id: UUID) -> Screen:
    """Close a screen's token; `NotFoundError` where the tenant has none such."""
    screen = ScreenRepository(uow).find(tenant_id, screen_id)
    if screen is None:
        raise NotFoundError("no such screen")
    screen.revoked_at = screen.revoked_at or clock.now()
    return screen


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
