from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

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

    def unsettled(self) -> Sequence[Finding]:
        """Every D07 of which not all has come."""
        return self._session.scalars(
            select(Finding)
            .where(
                Finding.tenant_id == self._tenant_id,
                Finding.code == "D07",
                Finding.facts["ended"].astext.is_distinct_from("came"),
                Finding.retracted_at.is_(None),
            )
            .order_by(Finding.device_id, Finding.seq)
        ).all()

    def stored_within(self, device_id: str, run: Run) -> list[int]:
        """The numbers of a run that are stored."""
        return list(
            self._session.scalars(
                select(Fact.seq)
                .where(Fact.device_id == device_id, Fact.seq.between(*run))
                .distinct()
                .order_by(Fact.seq)
            )
        )

    def lost_within(self, device_id: str, run: Run) -> list[Run]:
        """What of a run was declared lost."""
        rows = self._session.execute(
            select(LostRange.from_seq, LostRange.to_seq).where(
                LostRange.device_id == device_id,
                LostRange.from_seq <= run[1],
                LostRange.to_seq >= run[0],
            )
        )
        return [(first, last) for first, last in rows]

    def declared(self, since: datetime) -> list[tuple[str, Run]]:
        """What devices declared lost since then."""
        rows = self._session.execute(
            select(LostRange.device_id, LostRange.from_seq, LostRange.to_seq)
            .join(Device, Device.device_id == LostRange.device_id)
            .where(Device.tenant_id == self._tenant_id, LostRange.declared_at >= since)
            .order_by(LostRange.device_id, LostRange.from_seq)
        )
        return [(device_id, (first, last)) for device_id, first, last in rows]

    def open_streams(self) -> Sequence[DeviceStream]:
        """Streams with a number missing, by device."""
        return self._session.scalars(
            select(DeviceStream)
            .join(Device, Device.device_id == DeviceStream.device_id)
            .where(
                Device.tenant_id == self._tenant_id,
                DeviceStream.stream == Stream.TXN,
                DeviceStream.gap_since.is_not(None),
            )
            .order_by(DeviceStream.device_id)
        ).all()

    def moments_around(self, device_id: str, upto: int) -> tuple[datetime | None, datetime | None]:
        """When the fact before a gap happened, and the first one behind it."""
        times = select(func.coalesce(Fact.moment, Fact.received_at)).where(
            Fact.device_id == device_id
        )
        before = times.where(Fact.seq <= upto).order_by(Fact.seq.desc()).limit(1)
        after = times.where(Fact.seq > upto).order_by(Fact.seq).limit(1)
        return self._session.scalar(before), self._session.scalar(after)
