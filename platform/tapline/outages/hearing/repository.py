from datetime import datetime

from sqlalchemy import func, select

from tapline.outages.hearing.model import Hearing
from tapline.uow import UnitOfWork


class HearingRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def be_alone(self, listener: str) -> None:
        """Wait until nobody else writes for this listener."""
        name = func.hashtextextended(f"hearing:{listener}", 0)
        self._session.execute(select(func.pg_advisory_xact_lock(name)))

    def add(self, hearing: Hearing) -> None:
        self._session.add(hearing)
        self._session.flush()

    def last(self, listener: str, moment: datetime) -> Hearing | None:
        """The newest that had begun by `moment`."""
        return self._session.scalar(
            select(Hearing)
            .where(Hearing.listener == listener, Hearing.began_at <= moment)
            .order_by(Hearing.heard_until.desc())
            .limit(1)
            .execution_options(populate_existing=True)
        )
