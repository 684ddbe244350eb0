from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from tapline.cards.facts import Fact
from tapline.devices import Device, DeviceStream, Presence, Stream
from tapline.devices.model import LostRange
from tapline.devices.rules import Run
from tapline.reconciliation.findings.rules import FindingKey
from tapline.reconciliation.meters.model import MeterWatch, SaleStop
from tapline.reconciliation.meters.sightings import Sighting, Totals
from tapline.reconciliation.model import Finding
from tapline.uow import UnitOfWork

# In the order of the fields of `Sighting`, its last apart.
_SIGHTING = (
    Fact.seq,
    Fact.boot,
    Fact.moment,
    Fact.received_at,
    Fact.clk,
    Fact.off,
    Fact.op,
    Fact.status,
    Fact.amt_fen,
    Fact.ml,
    Fact.ml_req,
    Fact.pulses,
    Fact.total_n,
    Fact.total_fen,
    Fact.total_ml,
)


class MeterRepository:
    """What is known of the machines of one tenant, as this room reads it."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def be_alone(self) -> None:
        """Wait until no other transaction examines this tenant, and keep others waiting."""
        name = func.hashtextextended(f"meters:{self._tenant_id}", 0)
        self._session.execute(select(func.pg_advisory_xact_lock(name)))

    def examined_at(self) -> datetime | None:
        watch = self._session.get(MeterWatch, self._tenant_id, populate_existing=True)
        return watch.examined_at if watch else None

    def examined(self, at: datetime) -> None:
        """Note that everything that was there at `at` has been looked at."""
        row = insert(MeterWatch).values(tenant_id=self._tenant_id, examined_at=at)
        self._session.execute(
            row.on_conflict_do_update(
                index_elements=[MeterWatch.tenant_id], set_={"examined_at": at}
            )
        )

    def stirred(self, since: datetime | None) -> dict[str, int]:
        """device -> the lowest number that came in since then; all of them without `since`."""
        facts = select(Fact.device_id, func.min(Fact.seq)).where(Fact.tenant_id == self._tenant_id)
        if since is not None:
            facts = facts.where(Fact.received_at >= since)
        rows = self._session.execute(facts.group_by(Fact.device_id).order_by(Fact.device_id))
        return {row[0]: row[1] for row in rows}

    def reported(self, since: datetime, until: datetime) -> list[str]:
        """The devices whose last counters were reported in [since, until)."""
        return list(
            self._session.scalars(
                select(Device.device_id)
                .where(
                    Device.tenant_id == self._tenant_id,
                    Device.total_at >= since,
                    Device.total_at < until,
                )
                .order_by(Device.device_id)
            )
        )

    def head(self, device_id: str) -> int:
        """The highest number stored."""
        found = self._session.scalar(
            select(func.max(Fact.seq)).where(
                Fact.tenant_id == self._tenant_id, Fact.device_id == device_id
            )
        )
        return found or 0

    def facts(self, device_id: str, first: int) -> list[Sighting]:
        """The readable facts from a number on, in order; of a disputed one the version whose hash
        is lowest stands in, and is not sure."""
        rows = self._session.execute(
            select(*_SIGHTING, func.count().over(partition_by=Fact.seq))
            .where(
                Fact.tenant_id == self._tenant_id,
                Fact.device_id == device_id,
                Fact.seq >= first,
                Fact.flaw.is_(None),
            )
            .order_by(Fact.seq, Fact.content_hash)
            .ext(distinct_on(Fact.seq))
        )
        return [Sighting._make((*values, versions == 1)) for *values, versions in rows]

    def lost(self, device_id: str) -> list[Run]:
        """What the device declared gone."""
        rows = self._session.execute(
            select(LostRange.from_seq, LostRange.to_seq).where(LostRange.device_id == device_id)
        )
        return [(first, last) for first, last in rows]

    def totals(self, device_id: str, settled_before: datetime) -> Totals | None:
        """The counters last reported beside facts, settled if they came before that moment, the
        device is there, and nothing that it wrote is missing."""
        row = self._session.execute(
            select(Device, DeviceStream)
            .outerjoin(
                DeviceStream,
                (DeviceStream.device_id == Device.device_id) & (DeviceStream.stream == Stream.TXN),
            )
            .where(Device.tenant_id == self._tenant_id, Device.device_id == device_id)
        ).first()
        if row is None:
            return None
        device, stream = row
        if device.total_at is None or device.total_n is None:
            return None
        whole = stream is not None and max(stream.head, device.hello_seq_head or 0) <= stream.upto
        settled = whole and device.presence is Presence.ONLINE and device.total_at < settled_before
        return Totals(
            device.total_n, device.total_fen or 0, device.total_ml or 0, device.total_at, settled
        )

    def findings(
        self, device_id: str, codes: Collection[str], first: int
    ) -> dict[FindingKey, Finding]:
        """What was found of a machine by these rules, withdrawn or not: about facts from a number
        on, and about the machine itself and its days."""
        rows = self._session.scalars(
            select(Finding)
            .where(
                Finding.tenant_id == self._tenant_id,
                Finding.device_id == device_id,
                Finding.code.in_(codes),
                or_(Finding.seq >= first, Finding.seq.is_(None)),
            )
            .execution_options(populate_existing=True)
        )
        return {FindingKey(row.code, row.subject): row for row in rows}


class StopRepository:
    """Machines of one tenant that were told to stop selling."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, stop: SaleStop) -> None:
        self._session.add(stop)
        self._session.flush()

    def standing(self, device_id: str | None = None) -> Sequence[SaleStop]:
        """Those that stand, oldest first; locked where one device's is asked for."""
        stops = select(SaleStop).where(
            SaleStop.tenant_id == self._tenant_id, SaleStop.released_at.is_(None)
        )
        if device_id is not None:
            stops = stops.where(SaleStop.device_id == device_id).with_for_update()
        return self._session.scalars(
            stops.order_by(SaleStop.stopped_at, SaleStop.stop_id).execution_options(
                populate_existing=True
            )
        ).all()

    def last_release(self, device_id: str) -> datetime | None:
        """When the device was last let sell again: what its meter did before is over."""
        return self._session.scalar(
            select(func.max(SaleStop.released_at)).where(
                SaleStop.tenant_id == self._tenant_id, SaleStop.device_id == device_id
            )
        )
