from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select, text

from tapline.devices.commands import CommandState, DeviceCommand
from tapline.errors import NotFoundError
from tapline.rosters.openings.model import Flush, FlushCause
from tapline.uow import UnitOfWork

_LAST_POURS = text(
    """
    select asked.device_id, last.at
    from unnest(cast(:devices as text[])) as asked(device_id)
    cross join lateral (
        select least(coalesce(moment, received_at), received_at) as at
        from fact
        where fact.device_id = asked.device_id and fact.tenant_id = :tenant
            and op = 'debit' and ml > 0 and flaw is null
        order by seq desc
        limit 1
    ) as last
    """
)


class FlushRepository:
    """The flushes of one tenant's machines."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def last_pours(self, device_ids: Collection[str]) -> dict[str, datetime]:
        """When water last ran from these machines, for those that ever poured."""
        given = {"tenant": self._tenant_id, "devices": sorted(device_ids)}
        rows = self._session.execute(_LAST_POURS, given)
        return {row.device_id: row.at for row in rows}

    def add(self, flush: Flush) -> None:
        self._session.add(flush)
        self._session.flush()

    def unended(self) -> Sequence[Flush]:
        """What was begun for an opening and is not done, locked, in order."""
        return self._session.scalars(
            select(Flush)
            .where(
                Flush.tenant_id == self._tenant_id,
                Flush.cause == FlushCause.OPENING,
                Flush.ended_at.is_(None),
            )
            .order_by(Flush.opens_on, Flush.device_id)
            .with_for_update()
        ).all()

    def known(self, opens_on: date) -> set[str]:
        """The machines that were asked for that day."""
        asked = select(Flush.device_id).where(
            Flush.tenant_id == self._tenant_id, Flush.opens_on == opens_on
        )
        return set(self._session.scalars(asked))

    def last_done(self, device_ids: Collection[str]) -> dict[str, datetime]:
        """When these machines last let water out on our word, as far as they did."""
        rows = self._session.execute(
            select(Flush.device_id, func.max(DeviceCommand.answered_at))
            .join(DeviceCommand, DeviceCommand.command_id == Flush.command_id)
            .where(
                Flush.tenant_id == self._tenant_id,
                Flush.device_id.in_(device_ids),
                DeviceCommand.state == CommandState.DONE,
            )
            .group_by(Flush.device_id)
        )
        return {device_id: at for device_id, at in rows if at is not None}

    def get(self, device_id: str, opens_on: date) -> Flush:
        flush = self._session.get(Flush, (device_id, opens_on), with_for_update=True)
        if flush is None or flush.tenant_id != self._tenant_id:
            raise NotFoundError(f"machine {device_id} need not be flushed for {opens_on}")
        return flush

    def listed(
        self, since: date, site_ids: Collection[UUID] | None
    ) -> Sequence[tuple[Flush, DeviceCommand]]:
        rows = (
            select(Flush, DeviceCommand)
            .join(DeviceCommand, DeviceCommand.command_id == Flush.command_id)
            .where(Flush.tenant_id == self._tenant_id, Flush.opens_on >= since)
            .order_by(Flush.opens_on.desc(), Flush.device_id)
        )
        if site_ids is not None:
            rows = rows.where(Flush.site_id.in_(site_ids))
        return [(flush, command) for flush, command in self._session.execute(rows)]

    def commands(self, command_ids: Collection[str]) -> dict[str, DeviceCommand]:
        commands = select(DeviceCommand).where(
            DeviceCommand.tenant_id == self._tenant_id, DeviceCommand.command_id.in_(command_ids)
        )
        return {one.command_id: one for one in self._session.scalars(commands)}
