from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from tapline.errors import NotFoundError
from tapline.faults.predictions.model import FaultLabel, Prediction, PredictionState
from tapline.uow import UnitOfWork

OPEN = (PredictionState.RAISED, PredictionState.TICKETED)


class PredictionRepository:
    """Predictions and labels of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, values: dict[str, object]) -> bool:
        """Open a prediction; False where one is open for the device and part."""
        made = insert(Prediction).values(values | {"tenant_id": self._tenant_id})
        written = made.on_conflict_do_nothing().returning(Prediction.prediction_id)
        return self._session.scalar(written) is not None

    def get(self, prediction_id: UUID, *, lock: bool = False) -> Prediction:
        found = self._session.get(
            Prediction, prediction_id, with_for_update=lock or None, populate_existing=lock
        )
        if found is None or found.tenant_id != self._tenant_id:
            raise NotFoundError(f"no prediction {prediction_id}")
        return found

    def listed(
        self,
        device_ids: Collection[str] | None,
        states: Collection[PredictionState] | None,
        limit: int,
    ) -> Sequence[Prediction]:
        """Newest first."""
        found = select(Prediction).where(Prediction.tenant_id == self._tenant_id)
        if device_ids is not None:
            found = found.where(Prediction.device_id.in_(device_ids))
        if states is not None:
            found = found.where(Prediction.state.in_(states))
        order = (Prediction.raised_at.desc(), Prediction.prediction_id)
        return self._session.scalars(found.order_by(*order).limit(limit)).all()

    def held_back(self, since: datetime) -> set[tuple[str, str]]:
        """(device_id, part) with an open prediction, or one raised or ended since then."""
        rows = self._session.execute(
            select(Prediction.device_id, Prediction.part).where(
                Prediction.tenant_id == self._tenant_id,
                or_(
                    Prediction.state.in_(OPEN),
                    Prediction.raised_at > since,
                    Prediction.ended_at > since,
                ),
            )
        )
        return {(device_id, part.value) for device_id, part in rows}

    def add_label(self, label: FaultLabel) -> None:
        self._session.add(label)
        self._session.flush()

    def labels(self, prediction_id: UUID) -> Sequence[FaultLabel]:
        """All labels of a prediction, oldest first."""
        return self._session.scalars(
            select(FaultLabel)
            .where(FaultLabel.prediction_id == prediction_id)
            .order_by(FaultLabel.position)
        ).all()

    def newest_labels(self) -> Sequence[FaultLabel]:
        """The label that counts of each labelled prediction, oldest prediction first."""
        return self._session.scalars(
            select(FaultLabel)
            .where(FaultLabel.tenant_id == self._tenant_id)
            .ext(distinct_on(FaultLabel.prediction_id))
            .order_by(FaultLabel.prediction_id, FaultLabel.position.desc())
        ).all()
