"""A machine, the people around it and a laboratory, as tests of safe water say them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from tapline import clock, people, water
from tapline.devices import commands, telemetry, vendors
from tapline.devices.commands import CommandState
from tapline.devices.telemetry import Metric, Reading
from tapline.notices import Notice
from tapline.people import Role, Staff
from tapline.uow import UnitOfWork
from tapline.water import Sample, TreatmentKind, stops, traces
from tests import factories

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
GOOD = {"bacteria": 2, "coliforms": 0, "turbidity": 10, "tds": 12}
BAD = GOOD | {"coliforms": 3}


def reading(
    device_id: str, at: datetime, received_at: datetime, metrics: Mapping[Metric, int]
) -> Reading:
    """What a machine that started at noon measured at a moment."""
    up_ms = (at - NOON) // timedelta(milliseconds=1)
    return Reading("demo", device_id, 1, up_ms, at, received_at, metrics, {})


class Laboratory:
    """Machine `A` of `demo`, a technician, a supervisor and a second one. Time is frozen."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.uow = uow
        factories.tenant(uow)
        factories.device(uow, "A")
        self.technician = self.hires("gao.feng", Role.TECHNICIAN)
        self.supervisor = self.hires("he.qing", Role.SUPERVISOR)
        self.second = self.hires("an.ran", Role.SUPERVISOR)

    def hires(self, login: str, role: Role) -> Staff:
        return people.create_staff(self.uow, tenant_id="demo", login=login, name=login, role=role)[
            0
        ]

    def measures(self, *pairs: tuple[int, int], device_id: str = "A", every_s: int = 30) -> None:
        """So much dissolved before and behind the membrane, a reading each half minute."""
        readings = []
        for tds_in, tds_out in pairs:
            clock.advance(timedelta(seconds=every_s))
            metrics = {Metric.TDS_IN: tds_in, Metric.TDS_OUT: tds_out}
            now = clock.now()
            readings.append(reading(device_id, now, now, metrics))
        self.arrives(readings)
        stops.watch(self.uow, tenant_id="demo")

    def arrives(self, readings: Sequence[Reading]) -> None:
        telemetry.store(self.uow, readings=readings)

    def fails_uv(self, device_id: str = "A", *, by_itself: bool = False) -> None:
        stops.on_report(
            self.uow,
            tenant_id="demo",
            device_id=device_id,
            code="uv_failed",
            raised=True,
            data={"stopped": 1} if by_itself else {},
            moment=clock.now(),
        )

    def speaks(self, maker: str, *, can: Sequence[str]) -> None:
        """The machine speaks its maker's language, which has words for these operations."""
        vendors.bind(
            self.uow,
            tenant_id="demo",
            device_id="A",
            vendor=maker,
            foreign_id="X-1",
            actor="test",
        )
        self._maker = maker
        self.speaks_now(can=can)

    def speaks_now(self, *, can: Sequence[str]) -> None:
        vendors.declare(self.uow, operations={self._maker: can})

    def treats(self, kind: TreatmentKind = TreatmentKind.DISINFECTION) -> None:
        clock.advance(timedelta(minutes=10))
        water.record_treatment(
            self.uow,
            tenant_id="demo",
            device_id="A",
            kind=kind,
            actor=self.technician.login,
            at=clock.now(),
        )

    def samples(
        self, readings: dict[str, int] | None = None, *, entered_by: Staff | None = None
    ) -> Sample:
        """A sample is taken, and reported where `readings` are given."""
        clock.advance(timedelta(minutes=10))
        sample = water.record_sample(
            self.uow,
            tenant_id="demo",
            device_id="A",
            actor=self.technician.login,
            at=clock.now(),
        )
        if readings is not None:
            self.reports(sample, readings, entered_by)
        return sample

    def reports(self, sample: Sample, readings: dict[str, int], by: Staff | None = None) -> None:
        water.report(
            self.uow,
            tenant_id="demo",
            sample_id=sample.sample_id,
            laboratory="杭州水质检测中心",
            report_no="W-1",
            readings=readings,
            actor=(by or self.technician).login,
        )

    def releases(self, sample_id: UUID, by: Staff | None = None) -> None:
        stops.release(
            self.uow,
            staff=by or self.supervisor,
            device_id="A",
            sample_id=sample_id,
            words="换膜并消毒",
        )

    def told(self, op: str) -> list[str]:
        """The states of commands of a kind, oldest first."""
        rows = commands.of_device(self.uow, tenant_id="demo", device_id="A")
        return [one.state.value for one in reversed(rows) if one.op == op]

    def says(self, state: CommandState, op: str = "stop_sale") -> None:
        """The machine answers the last command of a kind."""
        rows = commands.of_device(self.uow, tenant_id="demo", device_id="A")
        last = next(one for one in rows if one.op == op)
        commands.answer(
            self.uow, device_id="A", command_id=last.command_id, state=state, rc=0, out={}
        )

    @property
    def causes(self) -> set[str]:
        """For what the machine is stopped."""
        return {view.stop.cause.value for view in stops.standing(self.uow, tenant_id="demo")}


def told(uow: UnitOfWork) -> list[str]:
    """The phones to which warnings about water went, in order."""
    rows = select(Notice.recipient).where(Notice.dedupe_key.like("water:%"))
    return sorted(uow.session.scalars(rows))


def carry(uow: UnitOfWork) -> None:
    """Take every case some steps on, as the clock does."""
    for trace_id in traces.under_way(uow, tenant_id="demo"):
        traces.carry(uow, tenant_id="demo", trace_id=trace_id)
