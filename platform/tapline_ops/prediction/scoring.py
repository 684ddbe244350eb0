"""Asking the model about every device of a tenant, and raising what deserves a visit."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

import numpy as np

from tapline import clock, faults
from tapline.faults import models
from tapline.uow import UnitOfWork
from tapline_ml import explain, features, physics, rule
from tapline_ml import policy as visiting
from tapline_ml.artefact import Artefact, unpack
from tapline_ml.features import Outlook
from tapline_ml.history import PARTS, Bools, Floats
from tapline_ml.policy import Visit
from tapline_ml.predictor import HORIZON_D, Predictor, probabilities
from tapline_ops.prediction import stored
from tapline_ops.prediction.stored import Stored

_RULE_ONLY = Predictor({}, 1.0)
_RULE_URGENCY = 0.5
"""A rule knows no probability: among probabilities it counts as an even chance."""


class Voice(NamedTuple):
    """What speaks: a model, or rules where there is none."""

    predictor: Predictor
    name: str
    model_id: UUID | None


class Swept(NamedTuple):
    """How many devices were asked about, and how many predictions were raised."""

    devices: int
    raised: int


class Case(NamedTuple):
    """A visit that is due, with all that it takes to say why."""

    urgency: float
    visit: Visit
    batch: Stored
    outlook: Outlook
    probability: float


def score(uow: UnitOfWork, *, tenant_id: str, day: date) -> Swept:
    """Ask about every device on `day`, and raise what deserves a visit, the most urgent first.
    Scored again, a day raises nothing twice.

    Raises `ConflictError` for a champion that cannot be trusted.
    """
    voice = speaking(uow, tenant_id=tenant_id)
    held = faults.held_back(
        uow, tenant_id=tenant_id, since=_midnight(day) - timedelta(days=visiting.REFRACTORY_D)
    )
    devices, cases = 0, list[Case]()
    for placed in stored.batches(uow, tenant_id=tenant_id):
        batch = stored.load(uow, tenant_id=tenant_id, placed=placed, day=day)
        devices += len(batch.device_ids)
        cases += _due(batch, voice.predictor, held)
    cases.sort(key=lambda case: -case.urgency)
    raised = sum(_raise(uow, tenant_id, case, voice, day) for case in cases)
    return Swept(devices, raised)


def speaking(uow: UnitOfWork, *, tenant_id: str) -> Voice:
    """The tenant's champion, unpacked and checked; rules where it has none.

    Raises `ConflictError` for a champion that cannot be trusted: changed bytes, other versions.
    """
    row = models.champion(uow, tenant_id=tenant_id)
    if row is None:
        return Voice(_RULE_ONLY, "rule", None)
    packed = Artefact(row.artefact, row.sha256, row.sklearn_version, row.schema_hash)
    return Voice(_unpacked(packed), f"{row.name} {row.version}", row.model_id)


@lru_cache(maxsize=4)
def _unpacked(packed: Artefact) -> Predictor:
    return unpack(packed)


def _due(batch: Stored, predictor: Predictor, held: set[tuple[str, str]]) -> list[Case]:
    """The visits that the last day of a batch asks for."""
    history = batch.history
    logs = physics.signals(history)
    last = history.days - 1
    outlooks = [
        features.at(history, logs, day)
        for day in range(max(0, history.days - visiting.PERSIST_D), history.days)
    ]
    chances = [probabilities(predictor.parts, outlook.matrix) for outlook in outlooks]
    over = np.stack(
        [
            np.where(np.isnan(chance), rule.over(outlook), chance >= predictor.threshold)
            for chance, outlook in zip(chances, outlooks, strict=True)
        ]
    )
    believed = visiting.speaks(history, outlooks[-1].matrix, last)
    due = visiting.persistent(over) & believed & ~_held(batch.device_ids, held)
    urgency = np.where(np.isnan(chances[-1]), _RULE_URGENCY, chances[-1])
    return [
        Case(
            float(urgency[PARTS.index(visit.part), visit.device]),
            visit,
            batch,
            outlooks[-1],
            float(chances[-1][PARTS.index(visit.part), visit.device]),
        )
        for visit in visiting.visits(due, urgency, history.site)
    ]


def _held(device_ids: Sequence[str], held: set[tuple[str, str]]) -> Bools:
    return np.array([[(device_id, part) in held for device_id in device_ids] for part in PARTS])


def _raise(uow: UnitOfWork, tenant_id: str, case: Case, voice: Voice, day: date) -> bool:
    visit, ids = case.visit, case.batch.device_ids
    model = voice.predictor.parts.get(visit.part)
    why = explain.residuals(case.outlook, visit.device, visit.part, model)
    raised = faults.raise_prediction(
        uow,
        tenant_id=tenant_id,
        device_id=ids[visit.device],
        part=faults.Part(visit.part),
        probability_percent=None if model is None else round(100 * case.probability),
        residuals=[asdict(residual) for residual in why],
        others=[ids[other] for other in visit.others],
        day=day,
        horizon_d=HORIZON_D,
        model="rule" if model is None else voice.name,
        model_id=None if model is None else voice.model_id,
        features_hash=_hash(case.outlook.matrix[visit.device]),
    )
    return raised is not None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.BUSINESS_ZONE)


def _hash(row: Floats) -> str:
    return hashlib.sha256(np.round(row, 6).astype("<f8").tobytes()).hexdigest()
