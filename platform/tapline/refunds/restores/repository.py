from sqlalchemy.dialects.postgresql import insert

from tapline import clock
from tapline.refunds.restores.model import Restoration
from tapline.uow import UnitOfWork


class RestorationRepository:
    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def locked(self, card_no: str, atc: int) -> Restoration:
        """The row, made where missing: whoever settles the same purse waits."""
        blank = insert(Restoration).values(
            tenant_id=self._tenant_id,
            card_no=card_no,
            atc=atc,
            posted_fen=0,
            revision=0,
            updated_at=clock.now(),
        )
        self._session.execute(blank.on_conflict_do_nothing())
        return self._session.get_one(
            Restoration,
            (self._tenant_id, card_no, atc),
            with_for_update=True,
            populate_existing=True,
        )
