from datetime import datetime

from sqlalchemy import delete, update

from tapline.cards.authorisations.screens.model import ScreenCode
from tapline.uow import UnitOfWork


class ScreenCodeRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, code: ScreenCode) -> None:
        self._session.add(code)
        self._session.flush()

    def use(self, tenant_id: str, card_no: str, code_hash: bytes, moment: datetime) -> bool:
        """Mark a code used; false where it cannot be."""
        used = (
            update(ScreenCode)
            .where(
                ScreenCode.code_hash == code_hash,
                ScreenCode.tenant_id == tenant_id,
                ScreenCode.card_no == card_no,
                ScreenCode.expires_at > moment,
                ScreenCode.used_at.is_(None),
            )
            .values(used_at=moment)
            .returning(ScreenCode.code_hash)
            .execution_options(synchronize_session=False)
        )
        return self._session.scalar(used) is not None

    def forget(self, before: datetime) -> None:
        self._session.execute(delete(ScreenCode).where(ScreenCode.expires_at < before))
