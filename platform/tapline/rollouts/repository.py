from collections.abc import Collection, Sequence
from datetime import datetime
from importlib.resources import files as package_files
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from tapline.devices import Device, Presence
from tapline.errors import NotFoundError
from tapline.rollouts.images.model import FirmwareImage
from tapline.rollouts.model import (
    MemberState,
    Rollout,
    RolloutDevice,
    RolloutJob,
    RolloutState,
)
from tapline.uow import UnitOfWork

_RATES = text(package_files("tapline.rollouts").joinpath("rates.sql").read_text("utf-8"))
_LOCK = {"key_share": True}
"""Rows that point here may be written meanwhile. Who locks machines as well locks them first."""
_LIVE = (RolloutState.PROPOSED, RolloutState.RUNNING, RolloutState.PAUSED)


class RolloutRepository:
    """Rollouts of one tenant, and the machines they are for."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def be_alone(self, hw: str) -> None:
        """Wait until no other transaction begins or ends a rollout for this model."""
        name = func.hashtextextended(f"rollout:{self._tenant_id}:{hw}", 0)
        self._session.execute(select(func.pg_advisory_xact_lock(name)))

    def add(self, row: Rollout | RolloutDevice | RolloutJob) -> None:
        self._session.add(row)
        self._session.flush()

    def get(self, rollout_id: UUID, *, lock: bool = False) -> Rollout:
        found = self._session.get(
            Rollout, rollout_id, with_for_update=_LOCK if lock else None, populate_existing=lock
        )
        if found is None or found.tenant_id != self._tenant_id:
            raise NotFoundError(f"no rollout {rollout_id}")
        return found

    def live(self, hw: str) -> Rollout | None:
        """The one that is not over for a model."""
        return self._session.scalar(
            select(Rollout).where(
                Rollout.tenant_id == self._tenant_id, Rollout.hw == hw, Rollout.state.in_(_LIVE)
            )
        )

    def running(self) -> Sequence[Rollout]:
        """Those that tell machines now, locked; one that somebody changes meanwhile is left out."""
        return self._session.scalars(
            select(Rollout)
            .where(Rollout.tenant_id == self._tenant_id, Rollout.state == RolloutState.RUNNING)
            .order_by(Rollout.rollout_id)
            .with_for_update(key_share=True, skip_locked=True)
            .execution_options(populate_existing=True)
        ).all()

    def listed(self, limit: int) -> Sequence[tuple[Rollout, FirmwareImage]]:
        """Newest first."""
        rows = self._session.execute(
            select(Rollout, FirmwareImage)
            .join(FirmwareImage, FirmwareImage.image_id == Rollout.image_id)
            .where(Rollout.tenant_id == self._tenant_id)
            .order_by(Rollout.proposed_at.desc(), Rollout.rollout_id.desc())
            .limit(limit)
        )
        return [(rollout, image) for rollout, image in rows]

    def machines(self, hw: str) -> Sequence[Device]:
        """Those that call themselves this model, by id, without those that were revoked."""
        return self._session.scalars(
            select(Device)
            .where(
                Device.tenant_id == self._tenant_id,
                Device.revoked_at.is_(None),
                Device.hello["hw"].astext == hw,
            )
            .order_by(Device.device_id)
        ).all()

    def models(self) -> list[tuple[str, str, int]]:
        """Model, firmware and number of the tenant's machines, as they last said."""
        hw, fw = Device.hello["hw"].astext, Device.hello["fw"].astext
        rows = self._session.execute(
            select(hw, fw, func.count())
            .where(Device.tenant_id == self._tenant_id, hw.is_not(None))
            .group_by(hw, fw)
            .order_by(hw, fw)
        )
        return [(model, firmware or "", count) for model, firmware, count in rows]

    def rates(
        self, rollout: Rollout, version: str, since: datetime, from_at: datetime
    ) -> "list[RateRow]":
        """Pours and findings since `from_at` of updated machines and others, and since `since` of
        updated machines before."""
        asked = {
            "rollout": rollout.rollout_id,
            "version": version,
            "since": since,
            "from_at": from_at,
            "ring_at": rollout.ring_at,
        }
        return [RateRow(*row) for row in self._session.execute(_RATES, asked)]


class RateRow(NamedTuple):
    """`updated`, `others` or `past`: their pours, those without water and those with wrong times,
    and the pours in the present ring."""

    whose: str
    pours: int
    dry: int
    untimely: int
    in_ring: int


class MemberRepository:
    """The machines of one rollout, and its jobs."""

    def __init__(self, uow: UnitOfWork, rollout_id: UUID) -> None:
        self._session = uow.session
        self._rollout_id = rollout_id

    def add_all(self, members: Collection[RolloutDevice]) -> None:
        self._session.add_all(members)
        self._session.flush()

    def ids(self) -> set[str]:
        return set(
            self._session.scalars(
                select(RolloutDevice.device_id).where(RolloutDevice.rollout_id == self._rollout_id)
            )
        )

    def get(self, device_id: str) -> RolloutDevice:
        """One machine, locked."""
        found = self._session.get(
            RolloutDevice,
            (self._rollout_id, device_id),
            with_for_update=_LOCK,
            populate_existing=True,
        )
        if found is None:
            raise NotFoundError(f"{device_id} is no part of this rollout")
        return found

    def states(self, ring: int) -> list[MemberState]:
        """Of the machines that are told."""
        return list(
            self._session.scalars(
                select(RolloutDevice.state).where(
                    RolloutDevice.rollout_id == self._rollout_id, RolloutDevice.ring <= ring
                )
            )
        )

    def failed_since(self, moment: datetime) -> int:
        """How many failed for good after `moment`."""
        return (
            self._session.scalar(
                select(func.count()).where(
                    RolloutDevice.rollout_id == self._rollout_id,
                    RolloutDevice.state == MemberState.FAILED,
                    RolloutDevice.settled_at > moment,
                )
            )
            or 0
        )

    def in_states(self, states: Collection[MemberState]) -> Sequence[RolloutDevice]:
        """In the order in which they are told."""
        return self._session.scalars(
            select(RolloutDevice)
            .where(
                RolloutDevice.rollout_id == self._rollout_id, RolloutDevice.state.in_(list(states))
            )
            .order_by(RolloutDevice.ring, RolloutDevice.place)
        ).all()

    def already(self, version: str) -> Sequence[RolloutDevice]:
        """Machines that wait, and run the image as it is."""
        return self._session.scalars(
            select(RolloutDevice)
            .join(Device, Device.device_id == RolloutDevice.device_id)
            .where(
                RolloutDevice.rollout_id == self._rollout_id,
                RolloutDevice.state == MemberState.WAITING,
                Device.hello["fw"].astext == version,
                RolloutDevice.device_id.not_in(_busy()),
            )
        ).all()

    def next(self, ring: int, limit: int) -> Sequence[RolloutDevice]:
        """Machines to be told now: they are there, and do nothing of the kind."""
        return self._session.scalars(
            select(RolloutDevice)
            .join(Device, Device.device_id == RolloutDevice.device_id)
            .where(
                RolloutDevice.rollout_id == self._rollout_id,
                RolloutDevice.state == MemberState.WAITING,
                RolloutDevice.ring <= ring,
                Device.presence == Presence.ONLINE,
                Device.revoked_at.is_(None),
                RolloutDevice.device_id.not_in(_busy()),
            )
            .order_by(RolloutDevice.ring, RolloutDevice.place)
            .limit(limit)
        ).all()

    def open_jobs(self) -> Sequence[RolloutJob]:
        return self._session.scalars(
            select(RolloutJob)
            .where(RolloutJob.rollout_id == self._rollout_id, RolloutJob.ended_at.is_(None))
            .order_by(RolloutJob.device_id)
        ).all()

    def rows(self) -> Sequence[tuple[RolloutDevice, Device, RolloutJob | None]]:
        """Every machine with its last job, in the order in which they are told."""
        last = (
            select(RolloutJob)
            .where(RolloutJob.rollout_id == self._rollout_id)
            .ext(distinct_on(RolloutJob.device_id))
            .order_by(RolloutJob.device_id, RolloutJob.asked_at.desc(), RolloutJob.job_id.desc())
            .subquery()
        )
        rows = self._session.execute(
            select(RolloutDevice, Device, RolloutJob)
            .join(Device, Device.device_id == RolloutDevice.device_id)
            .outerjoin(last, last.c.device_id == RolloutDevice.device_id)
            .outerjoin(RolloutJob, RolloutJob.job_id == last.c.job_id)
            .where(RolloutDevice.rollout_id == self._rollout_id)
            .order_by(RolloutDevice.ring, RolloutDevice.place)
        )
        return [(member, device, job) for member, device, job in rows]


def _busy() -> Select[str]:
    """The machines that have not ended what they were told, by whatever rollout."""
    return select(RolloutJob.device_id).where(RolloutJob.ended_at.is_(None))


class JobRepository:
    """Jobs by machine and by id, of whatever rollout."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def open_of(self, device_ids: Collection[str]) -> Sequence[RolloutJob]:
        """The jobs that machines have not ended, at most one each; locked in order of them."""
        return self._session.scalars(
            select(RolloutJob)
            .where(RolloutJob.device_id.in_(sorted(device_ids)), RolloutJob.ended_at.is_(None))
            .order_by(RolloutJob.device_id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        ).all()

    def open_in(self, tenant_id: str) -> Sequence[RolloutJob]:
        """Every job of a tenant that has not ended."""
        return self._session.scalars(
            select(RolloutJob)
            .where(RolloutJob.tenant_id == tenant_id, RolloutJob.ended_at.is_(None))
            .order_by(RolloutJob.job_id)
        ).all()

    def still_open(self, job_id: UUID) -> RolloutJob | None:
        """A job locked, where it has not ended and nobody is at it."""
        return self._session.scalar(
            select(RolloutJob)
            .where(RolloutJob.job_id == job_id, RolloutJob.ended_at.is_(None))
            .with_for_update(key_share=True, skip_locked=True)
            .execution_options(populate_existing=True)
        )

    def find(self, job_id: UUID, *, lock: bool = False) -> RolloutJob | None:
        return self._session.get(
            RolloutJob, job_id, with_for_update=_LOCK if lock else None, populate_existing=lock
        )
