from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from tapline.devices.commands.model import CommandState, DeviceCommand
from tapline.devices.commands.rules import OPEN, OVERDUE, UNANSWERED
from tapline.devices.model import Device, Presence
from tapline.devices.vendors.model import VendorDevice
from tapline.uow import UnitOfWork


class CommandRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, command: DeviceCommand) -> None:
        self._session.add(command)
        self._session.flush()

    def queued(
        self,
        limit: int,
        moment: datetime,
        *,
        makers: Collection[str],
        device_ids: Collection[str] | None,
    ) -> Sequence[DeviceCommand]:
        """For machines that speak our contract or one of these makers' languages; of these alone
        where given."""
        speaks = (VendorDevice.device_id == DeviceCommand.device_id) & ~VendorDevice.is_witness
        waiting = (
            select(DeviceCommand)
            .outerjoin(VendorDevice, speaks)
            .where(
                DeviceCommand.state == CommandState.QUEUED,
                DeviceCommand.expires_at > moment,
                or_(VendorDevice.vendor.is_(None), VendorDevice.vendor.in_(makers)),
            )
            .order_by(DeviceCommand.device_id, DeviceCommand.position)
            .limit(limit)
        )
        if device_ids is not None:
            waiting = waiting.where(DeviceCommand.device_id.in_(device_ids))
        return self._session.scalars(waiting).all()

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

    def requeue(
        self, moment: datetime, *, device_ids: Collection[str] | None, sent_before: datetime
    ) -> None:
        """For these machines, else for all that are there: the broker keeps what it has for those
        that are away, and a copy every half minute would fill it."""
        again = update(DeviceCommand).where(
            DeviceCommand.state == CommandState.PUBLISHED,
            DeviceCommand.expires_at > moment,
            DeviceCommand.published_at <= sent_before,
        )
        if device_ids is not None:
            again = again.where(DeviceCommand.device_id.in_(sorted(device_ids)))
        else:
            away = [Presence.OFFLINE, Presence.LOST]
            here = select(Device.device_id).where(Device.presence.not_in(away))
            again = again.where(DeviceCommand.device_id.in_(here))
        self._session.execute(
            again.values(state=CommandState.QUEUED).execution_options(synchronize_session=False)
        )

    def expire(self, moment: datetime) -> None:
        unanswered = and_(DeviceCommand.state.in_(UNANSWERED), DeviceCommand.expires_at <= moment)
        silent = and_(DeviceCommand.state.in_(OPEN), DeviceCommand.expires_at <= moment - OVERDUE)
        self._session.execute(
            update(DeviceCommand)
            .where(or_(unanswered, silent))
            .values(state=CommandState.EXPIRED, answered_at=moment)
            .execution_options(synchronize_session=False)
        )

    def supersede(self, device_id: str, op: str, moment: datetime) -> None:
        """End what the machine has not answered yet, so that it is never sent again."""
        self._session.execute(
            update(DeviceCommand)
            .where(
                DeviceCommand.device_id == device_id,
                DeviceCommand.op == op,
                DeviceCommand.state.in_(UNANSWERED),
            )
            .values(state=CommandState.SUPERSEDED, answered_at=moment)
            .execution_options(synchronize_session="fetch")
        )

    def of_device(self, tenant_id: str, device_id: str, limit: int) -> Sequence[DeviceCommand]:
        """Newest first."""
        return self._session.scalars(
            select(DeviceCommand)
            .where(DeviceCommand.tenant_id == tenant_id, DeviceCommand.device_id == device_id)
            .order_by(DeviceCommand.position.desc())
            .limit(limit)
        ).all()

    def newest(self, device_ids: Collection[str]) -> dict[str, DeviceCommand]:
        """The last command that a person sent to each, as far as there is one."""
        rows = self._session.scalars(
            select(DeviceCommand)
            .where(DeviceCommand.device_id.in_(device_ids), DeviceCommand.actor.is_not(None))
            .ext(distinct_on(DeviceCommand.device_id))
            .order_by(DeviceCommand.device_id, DeviceCommand.position.desc())
        )
        return {row.device_id: row for row in rows}

    def last_done(self, device_id: str, ops: Collection[str]) -> DeviceCommand | None:
        """What the machine carried out last of these."""
        return self._session.scalar(
            select(DeviceCommand)
            .where(
                DeviceCommand.device_id == device_id,
                DeviceCommand.op.in_(ops),
                DeviceCommand.state == CommandState.DONE,
            )
            .order_by(DeviceCommand.position.desc())
            .limit(1)
        )

    def states(self, command_ids: Collection[str]) -> dict[str, CommandState]:
        rows = self._session.execute(
            select(DeviceCommand.command_id, DeviceCommand.state).where(
                DeviceCommand.command_id.in_(command_ids)
            )
        )
        return {row.command_id: row.state for row in rows}

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
