from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from tapline.errors import NotFoundError
from tapline.hotline.callbacks.model import LIVE, CallBack, CallBackState
from tapline.uow import UnitOfWork


class CallBackRepository:
    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def open_for(self, number: str, phone: str) -> CallBack | None:
        """The open promise to a caller, locked."""
        return self._locked(
            CallBack.number == number, CallBack.phone == phone, CallBack.state.in_(LIVE)
        )

    def promised_to(self, phone: str) -> CallBack | None:
        """The oldest open promise to a telephone, whatever number it called."""
        return self._session.scalar(
            self._own()
            .where(CallBack.phone == phone, CallBack.state.in_(LIVE))
            .order_by(CallBack.effective_at)
            .limit(1)
        )

    def find(self, callback_id: UUID) -> CallBack | None:
        """Locked."""
        return self._locked(CallBack.callback_id == callback_id)

    def of_call(self, call_id: UUID) -> CallBack | None:
        """The promise that a call of ours keeps, locked."""
        return self._locked(CallBack.call_id == call_id)

    def get(self, callback_id: UUID) -> CallBack:
        found = self._session.get(CallBack, callback_id)
        if found is None or found.tenant_id != self._tenant_id:
            raise NotFoundError(f"no call-back {callback_id}")
        return found

    def due(self, now: datetime) -> Sequence[CallBack]:
        """Promises whose time has come, locked."""
        return self._session.scalars(
            self._own()
            .where(CallBack.state == CallBackState.PROMISED, CallBack.due_at <= now)
            .order_by(CallBack.effective_at, CallBack.callback_id)
            .with_for_update(skip_locked=True)
        ).all()

    def listed(self, *, live: bool, limit: int) -> Sequence[CallBack]:
        """Open ones by their place, or ended ones, the last first."""
        if live:
            found = self._own().where(CallBack.state.in_(LIVE)).order_by(CallBack.effective_at)
        else:
            found = (
                self._own().where(CallBack.state.not_in(LIVE)).order_by(CallBack.ended_at.desc())
            )
        return self._session.scalars(found.limit(limit)).all()

    def add(self, promise: CallBack) -> None:
        self._session.add(promise)
        self._session.flush()

    def _own(self) -> Select[CallBack]:
        return select(CallBack).where(CallBack.tenant_id == self._tenant_id)

    def _locked(self, *which: Any) -> CallBack | None:
        return self._session.scalar(
            self._own().where(*which).with_for_update().execution_options(populate_existing=True)
        )
