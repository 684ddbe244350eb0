from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from tapline.payments.notifications.model import ProviderNotice
from tapline.payments.rules import Verdict
from tapline.uow import UnitOfWork


class NoticeRepository:
    """Notifications to one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add_once(self, notice: dict[str, object]) -> bool:
        """Insert the row; false when this very delivery came before."""
        row = insert(ProviderNotice).values(notice).on_conflict_do_nothing()
        return self._session.scalar(row.returning(ProviderNotice.delivery_id)) is not None

    def came_before(self, provider: str, notice_id: str, body_sha256: bytes) -> bool:
        """Whether an earlier delivery brought the same notice."""
        same = select(ProviderNotice.delivery_id).where(
            ProviderNotice.tenant_id == self._tenant_id,
            ProviderNotice.provider == provider,
            ProviderNotice.notice_id == notice_id,
            ProviderNotice.body_sha256 == body_sha256,
        )
        return self._session.scalar(same.limit(1)) is not None

    def listed(self, verdict: Verdict | None, limit: int) -> Sequence[ProviderNotice]:
        """Newest first."""
        notices = select(ProviderNotice).where(ProviderNotice.tenant_id == self._tenant_id)
        if verdict is not None:
            notices = notices.where(ProviderNotice.verdict == verdict)
        return self._session.scalars(
            notices.order_by(ProviderNotice.delivery_id.desc()).limit(limit)
        ).all()
