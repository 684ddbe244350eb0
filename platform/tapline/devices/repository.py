from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, inspect, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm.attributes import flag_modified

from tapline.devices.model import Device, DeviceStream, LostRange, Stream
from tapline.devices.rules import Run
from tapline.errors import NotFoundError
from tapline.uow import UnitOfWork

_TOLD_BY_PRESENCE = ("presence", "presence_boot", "presence_conn", "presence_at")
_TOLD_BY_A_HELLO = (
    *("hello_boot", "hello_seq_head", "hello", "hello_at"),
    *("total_n", "total_fen", "total_ml", "total_at"),
)


class DeviceRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, device: Device) -> None:
        self._session.add(device)
        self._session.flush()

    def exists(self, device_id: str) -> bool:
        """Whether any tenant has it: device ids are globally unique."""
        return self._session.get(Device, device_id) is not None

    def get(self, tenant_id: str, device_id: str, *, lock: bool = False) -> Device:
        device = self._session.scalar(
            (select(Device).with_for_update() if lock else select(Device))
            .where(Device.tenant_id == tenant_id, Device.device_id == device_id)
            .execution_options(populate_existing=lock)
        )
        if device is None:
            raise NotFoundError(f"no device {device_id}")
        return device

    def locked(self, names: Collection[tuple[str, str]]) -> dict[str, Device]:
        """(tenant, device) -> by device, locked in order of their ids."""
        rows = self._session.scalars(
            select(Device)
            .where(Device.device_id.in_(sorted(device_id for _, device_id in names)))
            .order_by(Device.device_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        found = {row.device_id: row for row in rows}
        for tenant_id, device_id in names:
            if device_id not in found or found[device_id].tenant_id != tenant_id:
                raise NotFoundError(f"no device {device_id}")
        return found

    @staticmethod
    def write_hello(device: Device) -> None:
        """Have all written that a hello may change: rows of the same columns go in one statement,
        and those of many machines differ in what of it is new."""
        _write(device, _TOLD_BY_A_HELLO)

    @staticmethod
    def write_presence(device: Device) -> None:
        """The same of what a presence report may change."""
        _write(device, _TOLD_BY_PRESENCE)

    def named(self, device_id: str) -> Device | None:
        """The device, whosever it is, locked."""
        return self._session.scalar(
            select(Device)
            .where(Device.device_id == device_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )

    def listed(self, tenant_id: str, sites: Collection[UUID] | None) -> Sequence[Device]:
        devices = select(Device).where(Device.tenant_id == tenant_id).order_by(Device.device_id)
        if sites is not None:
            devices = devices.where(Device.site_id.in_(sites))
        return self._session.scalars(devices).all()

    def mark_seen(
        self, device_ids: Collection[str], moment: datetime, at_most_every: timedelta
    ) -> None:
        """Note that devices spoke; a row rewritten for every frame would cost more than it."""
        self._session.execute(
            update(Device)
            .where(
                Device.device_id.in_(sorted(device_ids)),
                func.coalesce(Device.last_seen_at, moment - at_most_every)
                <= moment - at_most_every,
            )
            .values(last_seen_at=moment)
            .execution_options(synchronize_session=False)
        )


def _write(device: Device, names: Collection[str]) -> None:
    for name in set(names) - inspect(device).unloaded:
        flag_modified(device, name)


class StreamRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def locked(self, stream: Stream, device_ids: Collection[str]) -> dict[str, DeviceStream]:
        """The streams' rows, made where missing and locked in order of their devices."""
        names = sorted(device_ids)
        blank = [{"device_id": name, "stream": stream, "upto": 0, "head": 0} for name in names]
        self._session.execute(insert(DeviceStream).values(blank).on_conflict_do_nothing())
        rows = self._session.scalars(
            select(DeviceStream)
            .where(DeviceStream.stream == stream, DeviceStream.device_id.in_(names))
            .order_by(DeviceStream.device_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return {row.device_id: row for row in rows}

    def uptos(self, device_ids: Collection[str], stream: Stream) -> dict[str, int]:
        """device -> everything up to where is released; not of those that never said any."""
        rows = self._session.execute(
            select(DeviceStream.device_id, DeviceStream.upto).where(
                DeviceStream.device_id.in_(sorted(device_ids)), DeviceStream.stream == stream
            )
        )
        return {row.device_id: row.upto for row in rows}

    def lost_runs(self, device_ids: Collection[str]) -> dict[str, list[Run]]:
        """device -> the runs declared lost that reach beyond what is released."""
        runs: dict[str, list[Run]] = {}
        ahead = (
            select(LostRange.device_id, LostRange.from_seq, LostRange.to_seq)
            .join(DeviceStream, DeviceStream.device_id == LostRange.device_id)
            .where(
                DeviceStream.stream == Stream.TXN,
                LostRange.to_seq > DeviceStream.upto,
                LostRange.device_id.in_(sorted(device_ids)),
            )
        )
        for device_id, first, last in self._session.execute(ahead):
            runs.setdefault(device_id, []).append((first, last))
        return runs

    def add_lost(self, device_id: str, run: Run, moment: datetime) -> None:
        """Declare a run lost; of two that start at the same number the longer one counts."""
        declared = insert(LostRange).values(
            device_id=device_id, from_seq=run[0], to_seq=run[1], declared_at=moment
        )
        self._session.execute(
            declared.on_conflict_do_update(
                index_elements=[LostRange.device_id, LostRange.from_seq],
                set_={"to_seq": func.greatest(LostRange.to_seq, declared.excluded.to_seq)},
            )
        )
