"""Learning to foresee: from simulated estates, and from what visits have taught."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tapline import faults
from tapline.faults import FaultLabel, LabelOutcome, days
from tapline.faults.models import FaultModel
from tapline.uow import Database, UnitOfWork
from tapline_ml import artefact, card, evaluate, features, physics, policy, predictor, rule
from tapline_ml.history import PARTS, Floats
from tapline_ml.predictor import Examples, Predictor
from tapline_ops.prediction import simulated, stored

LABEL_WEIGHT = 5
"""A visit to a real device teaches as much as so many simulated device-days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large the simulated estates are: sites of eight devices each."""

    sites: int = 60
    calibration_sites: int = 20
    test_sites: int = 20
    days: int = 360
    every_d: int = 4
    """One device-day in so many is learnt from."""

    DEVICES_A_SITE = 8


@dataclass(frozen=True, slots=True)
class Learnt:
    """A predictor with what it was learnt from and how it did on devices it never saw."""

    predictor: Predictor
    learnt_from: dict[str, Any]
    metrics: dict[str, Any]


def train(database: Database, *, tenant_id: str, size: Size, seed: int) -> FaultModel:
    """Learn, test, pack and register a model of the tenant: champion if it is the first, else
    shadow. Learning happens outside any transaction."""
    with database.transaction() as uow:
        taught = from_visits(uow, tenant_id=tenant_id)
    learnt = learn(size, seed, taught)
    packed = artefact.pack(learnt.predictor)
    with database.transaction() as uow:
        return faults.models.add(
            uow,
            tenant_id=tenant_id,
            artefact=packed.content,
            sha256=packed.sha256,
            sklearn_version=packed.sklearn_version,
            schema_hash=packed.schema_hash,
            learnt_from=learnt.learnt_from,
            metrics=learnt.metrics,
            card=card.write(learnt_from=learnt.learnt_from, metrics=learnt.metrics),
        )


def learn(size: Size, seed: int, taught: Examples | None = None) -> Learnt:
    """Learn on one estate, calibrate on another, test on a third, which also has other water and
    other rates of wear; `taught` is what real visits add to the first."""
    shape = {"devices_a_site": size.DEVICES_A_SITE, "days": size.days, "seed": seed}
    source, _ = simulated.estate(
        simulated.LEARNT_FROM, stream=simulated.TRAINING, sites=size.sites, **shape
    )
    second, _ = simulated.estate(
        simulated.LEARNT_FROM, stream=simulated.CALIBRATION, sites=size.calibration_sites, **shape
    )
    examples = simulated.sampled(source, every_d=size.every_d)
    held_back = simulated.sampled(second, every_d=size.every_d)
    parts = predictor.learn(joined(examples, taught) if taught else examples, held_back)
    made = Predictor(parts, _threshold(second, parts))
    return Learnt(
        made,
        {
            "simulated_devices": source.history.devices,
            "simulated_days": size.days,
            "seed": seed,
            "labels": 0 if taught is None else len(taught.matrix),
            "positives": {
                part: int(examples.outcomes[part].sum()) for part in PARTS if part in parts
            },
        },
        _tested(made, size, seed),
    )


def from_visits(uow: UnitOfWork, *, tenant_id: str) -> Examples | None:
    """What closed proactive tickets teach: the features of that day, and what was found. None while
    there are no labels."""
    labels = faults.labelled(uow, tenant_id=tenant_id)
    known = days.known(uow, tenant_id=tenant_id)
    sites = dict(known)
    rows, outcomes = [], []
    for label in labels:
        if label.device_id not in sites:
            continue
        site = sites[label.device_id]
        near = [one for one in known if one[0] == label.device_id or (site and one[1] == site)]
        rows.append(_row(uow, tenant_id, near, label))
        outcomes.append([_true(label, part) for part in PARTS])
    if not rows:
        return None
    return Examples(np.stack(rows), dict(zip(PARTS, np.array(outcomes, dtype=bool).T, strict=True)))


def joined(examples: Examples, taught: Examples) -> Examples:
    """Both, what was taught by visits repeated by its weight."""
    return Examples(
        np.concatenate([examples.matrix, np.repeat(taught.matrix, LABEL_WEIGHT, axis=0)]),
        {
            part: np.concatenate(
                [examples.outcomes[part], np.repeat(taught.outcomes[part], LABEL_WEIGHT)]
            )
            for part in PARTS
        },
    )


def _row(uow: UnitOfWork, tenant_id: str, near: Sequence[Any], label: FaultLabel) -> Floats:
    batch = stored.load(uow, tenant_id=tenant_id, placed=near, day=label.day)
    history = batch.history
    outlook = features.at(history, physics.signals(history), history.days - 1)
    row: Floats = outlook.matrix[list(batch.device_ids).index(label.device_id)]
    return row


def _true(label: FaultLabel, part: str) -> bool:
    return label.part.value == part and label.outcome is LabelOutcome.CONFIRMED_PART


def _threshold(second: simulated.Estate, parts: dict[str, predictor.PartModel]) -> float:
    watched = simulated.watch(second)
    working = ~second.waiting.T[simulated.WARM_UP_D :]
    alarming = watched.believed & working[:, None, :]
    return policy.threshold(simulated.foretold(parts, watched), alarming)


def _tested(made: Predictor, size: Size, seed: int) -> dict[str, Any]:
    third, hidden = simulated.estate(
        simulated.ELSEWHERE,
        stream=simulated.TEST,
        seed=seed,
        sites=size.test_sites,
        devices_a_site=size.DEVICES_A_SITE,
        days=size.days,
    )
    watched = simulated.watch(third)
    probability = simulated.foretold(made.parts, watched)
    trial = simulated.trial(third, hidden, watched, probability)
    by_rule = np.stack([rule.over(outlook) for outlook in watched.outlooks])
    return card.metrics(
        pr_auc=evaluate.pr_auc(trial),
        prevalence=evaluate.prevalence(trial),
        calibration_error=evaluate.calibration_error(trial),
        alerts=evaluate.alerts(trial, probability >= made.threshold),
        rule=evaluate.alerts(trial, by_rule),
    )
