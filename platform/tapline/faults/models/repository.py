from collections.abc import Sequence

from sqlalchemy import func, select

from tapline.errors import NotFoundError
from tapline.faults.models.model import FaultModel, ModelStatus
from tapline.uow import UnitOfWork


class ModelRepository:
    """Models of one tenant by one name."""

    def __init__(self, uow: UnitOfWork, tenant_id: str, name: str) -> None:
        self._session = uow.session
        self._mine = (FaultModel.tenant_id == tenant_id, FaultModel.name == name)
        self._lock = f"fault_model:{tenant_id}:{name}"

    def be_alone(self) -> None:
        """Wait until no other transaction changes who is champion, or takes a version."""
        name = func.hashtextextended(self._lock, 0)
        self._session.execute(select(func.pg_advisory_xact_lock(name)))

    def add(self, model: FaultModel) -> None:
        self._session.add(model)
        self._session.flush()

    def last_version(self) -> int:
        newest = self._session.scalar(select(func.max(FaultModel.version)).where(*self._mine))
        return newest or 0

    def get(self, version: int) -> FaultModel:
        model = self._session.scalar(
            select(FaultModel).where(*self._mine, FaultModel.version == version)
        )
        if model is None:
            raise NotFoundError(f"no model version {version}: `tapline models list` shows them")
        return model

    def champion(self) -> FaultModel | None:
        return self._session.scalar(
            select(FaultModel).where(*self._mine, FaultModel.status == ModelStatus.CHAMPION)
        )

    def last_retired(self) -> FaultModel | None:
        """The champion before the present one."""
        return self._session.scalar(
            select(FaultModel)
            .where(*self._mine, FaultModel.status == ModelStatus.RETIRED)
            .order_by(FaultModel.promoted_at.desc())
            .limit(1)
        )

    def listed(self) -> Sequence[FaultModel]:
        return self._session.scalars(
            select(FaultModel).where(*self._mine).order_by(FaultModel.version.desc())
        ).all()

    def flush(self) -> None:
        """Write now: there is never a second champion, not even for a moment."""
        self._session.flush()
