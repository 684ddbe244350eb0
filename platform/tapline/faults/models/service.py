from collections.abc import Sequence
from typing import Any

from tapline import audit, clock
from tapline.errors import ConflictError, InvalidError
from tapline.faults.models import rules
from tapline.faults.models.model import FaultModel, ModelStatus
from tapline.faults.models.repository import ModelRepository
from tapline.ids import new_id
from tapline.uow import UnitOfWork

FORESIGHT = "foresight"
"""The name of the models that foretell faults."""


def add(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    artefact: bytes,
    sha256: str,
    sklearn_version: str,
    schema_hash: str,
    learnt_from: dict[str, Any],
    metrics: dict[str, Any],
    card: dict[str, Any],
) -> FaultModel:
    """Register a model under the next version: as champion where there is none, else as shadow."""
    models = ModelRepository(uow, tenant_id, FORESIGHT)
    models.be_alone()
    first = models.champion() is None
    now = clock.now()
    model = FaultModel(
        model_id=new_id(),
        tenant_id=tenant_id,
        name=FORESIGHT,
        version=models.last_version() + 1,
        sha256=sha256,
        sklearn_version=sklearn_version,
        schema_hash=schema_hash,
        learnt_from=learnt_from,
        metrics=metrics,
        card=card,
        status=ModelStatus.CHAMPION if first else ModelStatus.SHADOW,
        approver=audit.SYSTEM if first else None,
        reason="the first one" if first else None,
        created_at=now,
        promoted_at=now if first else None,
        artefact=artefact,
    )
    models.add(model)
    return model


def champion(uow: UnitOfWork, *, tenant_id: str) -> FaultModel | None:
    """The model whose probabilities open tickets; without one, rules speak."""
    return ModelRepository(uow, tenant_id, FORESIGHT).champion()


def get(uow: UnitOfWork, *, tenant_id: str, version: int) -> FaultModel:
    """One model; `NotFoundError` where the tenant has none such."""
    return ModelRepository(uow, tenant_id, FORESIGHT).get(version)


def listed(uow: UnitOfWork, *, tenant_id: str) -> Sequence[FaultModel]:
    """All models, newest first."""
    return ModelRepository(uow, tenant_id, FORESIGHT).listed()


def promote(
    uow: UnitOfWork, *, tenant_id: str, version: int, actor: str, reason: str, anyway: bool = False
) -> FaultModel:
    """Let a model speak in place of the present champion.

    Raises:
        NotFoundError: there is no such version.
        InvalidError: no reason is given.
        ConflictError: it is champion, or worse than the champion and not wanted `anyway`.
    """
    if not reason.strip():
        raise InvalidError("say why: whoever reads the registry later will ask")
    models = ModelRepository(uow, tenant_id, FORESIGHT)
    models.be_alone()
    model, present = models.get(version), models.champion()
    if model.status is ModelStatus.CHAMPION:
        raise ConflictError(f"version {version} is champion already")
    worse = rules.worse_in(model.metrics, present.metrics) if present else []
    if worse and not anyway:
        raise ConflictError(
            f"version {version} is worse than the champion: {', '.join(worse)};"
            " promote it anyway only if you know why"
        )
    return _crown(uow, models, model, actor, reason)


def rollback(uow: UnitOfWork, *, tenant_id: str, actor: str, reason: str) -> FaultModel:
    """Let the champion before the present one speak again.

    Raises `ConflictError` where there was none before.
    """
    models = ModelRepository(uow, tenant_id, FORESIGHT)
    models.be_alone()
    before = models.last_retired()
    if before is None:
        raise ConflictError("no model was champion before this one: there is nothing to go back to")
    return _crown(uow, models, before, actor, reason)


def _crown(
    uow: UnitOfWork, models: ModelRepository, model: FaultModel, actor: str, reason: str
) -> FaultModel:
    present = models.champion()
    if present is not None:
        present.status = ModelStatus.RETIRED
        models.flush()
    model.status = ModelStatus.CHAMPION
    model.approver, model.reason, model.promoted_at = actor, reason.strip(), clock.now()
    models.flush()
    audit.record(
        uow,
        tenant_id=model.tenant_id,
        actor=actor,
        action="model.promoted",
        subject=f"model:{model.name}:{model.version}",
        reason=reason,
    )
    return model
