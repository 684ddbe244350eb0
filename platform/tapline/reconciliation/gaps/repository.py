from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from tapline.cards.facts import Fact
from tapline.devices import Device, DeviceStream, Presence, Stream
from tapline.devices.commands.model import DeviceCommand
from tapline.devices.model import LostRange
from tapline.devices.rules import Run
from tapline.reconciliation.model import Finding
from tapline.uow import UnitOfWork


class GapRepository:
    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def patient_streams(self, open_before: datetime) -> Sequence[DeviceStream]:
        """Streams of devices that are online, with a gap open since `open_before` or longer.

        Locked, so that one sweep at a time asks; a stream that is being moved on waits its turn.
        """
        return self._session.scalars(
            select(DeviceStream)
            .join(Device, Device.device_id == DeviceStream.device_id)
            .where(
                Device.tenant_id == self._tenant_id,
                Device.presence == Presence.ONLINE,
                DeviceStream.stream == Stream.TXN,
                DeviceStream.gap_since <= open_before,
            )
            .order_by(DeviceStream.device_id)
            .with_for_update(of=DeviceStream, skip_locked=True)
            .execution_options(populate_existing=True)
        ).all()

    def stored_beyond(self, device_id: str, upto: int) -> list[int]:
        return list(
            self._session.scalars(
                select(Fact.seq).where(Fact.device_id == device_id, Fact.seq > upto).distinct()
            )
        )

    def lost_beyond(self, device_id: str, upto: int) -> list[Run]:
        rows = self._session.execute(
            select(LostRange.from_seq, LostRange.to_seq).where(
                LostRange.device_id == device_id, LostRange.to_seq > upto
            )
        )
        return [(first, last) for first, last in rows]

    def found(self, device_id: str) -> list[Run]:
        """The runs that a D07 names already."""
        facts = self._session.scalars(
            select(Finding.facts).where(Finding.device_id == device_id, Finding.code == "D07")
        )
        return [(figures["from"], figures["to"]) for figures in facts]

    def asked(self, device_id: str) -> Sequence[DeviceCommand]:
        """Every `resend` that the device was ever sent, oldest first."""
        return self._session.scalars(
            select(DeviceCommand)
            .where(DeviceCommand.device_id == device_id, DeviceCommand.op == "resend")
            .order_by(DeviceCommand.position)
        ).all()
