from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from tapline.errors import NotFoundError
from tapline.uow import UnitOfWork
from tapline.water.samples.model import Sample, Verdict


class SampleRepository:
    """The samples of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, sample: Sample) -> None:
        self._session.add(sample)
        self._session.flush()

    def get(self, sample_id: UUID, *, lock: bool = False) -> Sample:
        sample = self._session.get(Sample, sample_id, with_for_update=lock, populate_existing=lock)
        if sample is None or sample.tenant_id != self._tenant_id:
            raise NotFoundError(f"no sample {sample_id}")
        return sample

    def listed(
        self, device_ids: Collection[str] | None, verdict: Verdict | None, limit: int
    ) -> Sequence[Sample]:
        """Newest first; of these machines where given, else of machines and lots."""
        rows = select(Sample).where(Sample.tenant_id == self._tenant_id)
        if device_ids is not None:
            rows = rows.where(Sample.device_id.in_(device_ids))
        if verdict is not None:
            rows = rows.where(Sample.verdict == verdict)
        newest = (Sample.taken_at.desc(), Sample.sample_id.desc())
        return self._session.scalars(rows.order_by(*newest).limit(limit)).all()

    def newest(self, device_ids: Collection[str]) -> dict[str, Sample]:
        """The last of each machine that a laboratory has judged."""
        rows = self._session.scalars(
            select(Sample)
            .where(
                Sample.tenant_id == self._tenant_id,
                Sample.device_id.in_(device_ids),
                Sample.verdict != Verdict.WAITING,
            )
            .ext(distinct_on(Sample.device_id))
            .order_by(Sample.device_id, Sample.taken_at.desc())
        )
        return {one.device_id: one for one in rows if one.device_id}

    def passed_before(self, device_id: str, moment: datetime) -> Sample | None:
        """The last that was good before a moment."""
        return self._session.scalar(
            select(Sample)
            .where(
                Sample.tenant_id == self._tenant_id,
                Sample.device_id == device_id,
                Sample.verdict == Verdict.PASSED,
                Sample.taken_at < moment,
            )
            .order_by(Sample.taken_at.desc())
            .limit(1)
        )

    def of_lot(self, lot: str) -> Sequence[Sample]:
        """Newest first."""
        return self._session.scalars(
            select(Sample)
            .where(Sample.tenant_id == self._tenant_id, Sample.lot == lot)
            .order_by(Sample.taken_at.desc())
        ).all()
