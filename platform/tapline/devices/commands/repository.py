from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, update

from tapline.devices.commands.model import CommandState, DeviceCommand
from tapline.uow import UnitOfWork

UNANSWERED = (CommandState.QUEUED, CommandState.PUBLISHED)
OPEN = (*UNANSWERED, CommandState.RECEIVED, CommandState.STARTED)


class CommandRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, command: DeviceCommand) -> None:
        self._session.add(command)
        self._session.flush()

    def queued(self, limit: int, moment: datetime) -> Sequence[DeviceCommand]:
        return self._session.scalars(
            select(DeviceCommand)
            .where(DeviceCommand.state == CommandState.QUEUED, DeviceCommand.expires_at > moment)
            .order_by(DeviceCommand.device_id, DeviceCommand.position)
            .limit(limit)
        ).all()

    def mark_published(self, command_ids: Collection[str], moment: datetime) -> None:
        """Only what is still queued: an answer may have come in before we noted the sending."""
        self._session.execute(
            update(DeviceCommand)
            .where(
                DeviceCommand.command_id.in_(command_ids),
                DeviceCommand.state == CommandState.QUEUED,
            )
            .values(state=CommandState.PUBLISHED, published_at=moment)
            .execution_options(synchronize_session=False)
        )

    def requeue(self, moment: datetime, *, device_id: str | None, sent_before: datetime) -> None:
        again = update(DeviceCommand).where(
            DeviceCommand.state == CommandState.PUBLISHED,
            DeviceCommand.expires_at > moment,
            DeviceCommand.published_at <= sent_before,
        )
        if device_id is not None:
            again = again.where(DeviceCommand.device_id == device_id)
        self._session.execute(
            again.values(state=CommandState.QUEUED).execution_options(synchronize_session=False)
        )

    def expire(self, moment: datetime) -> None:
        self._session.execute(
            update(DeviceCommand)
            .where(DeviceCommand.state.in_(OPEN), DeviceCommand.expires_at <= moment)
            .values(state=CommandState.EXPIRED, answered_at=moment)
            .execution_options(synchronize_session=False)
        )

    def find(self, device_id: str, command_id: str) -> DeviceCommand | None:
        return self._session.scalar(
            select(DeviceCommand)
            .where(DeviceCommand.device_id == device_id, DeviceCommand.command_id == command_id)
            .with_for_update()
        )

    def open_of(self, device_id: str, op: str, moment: datetime) -> Sequence[DeviceCommand]:
        return self._session.scalars(
            select(DeviceCommand)
            .where(
                DeviceCommand.device_id == device_id,
                DeviceCommand.op == op,
                DeviceCommand.state.in_(OPEN),
                DeviceCommand.expires_at > moment,
            )
            .order_by(DeviceCommand.position)
        ).all()
