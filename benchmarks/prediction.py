"""Foresight on estates it never saw, beside chance, a plain rule, and the best possible.

    python -m benchmarks.prediction [--seeds 3] [--out benchmarks/results/prediction.md]

Learnt on one population, calibrated on other devices of it, tested on other seeds, other rates of
wear, other water; "unseen climate" is a cold city besides. The oracle is the same learner, shown
the hidden wear itself (not where each part fails): no sensor can tell more. Intervals are the
middle 95 % of bootstraps in which whole sites are drawn.
"""

import argparse
import os
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tapline_ml import evaluate, explain, features, physics, policy, rule
from tapline_ml.evaluate import Alerts, Trial
from tapline_ml.features import Outlook
from tapline_ml.history import PARTS, Bools, Floats
from tapline_ml.physics import SIGNALS
from tapline_ml.predictor import Examples, PartModel, learn, probabilities
from tapline_ops.prediction import simulated, training
from tapline_ops.prediction.simulated import COLD, ELSEWHERE, LEARNT_FROM, WARM_UP_D
from tapline_sim.ageing import SUDDEN, Hidden, Population

DRAWS = 100
SIZE = training.Size()
SMALL = training.Size(sites=20, calibration_sites=10, test_sites=4)
FLEET, FLEET_BATCH = 100_000, 2_000
_TRAIL_D = 14


class Run(NamedTuple):
    """One seed: trials of the model, the oracle and a shuffled control, and the rule's word."""

    ours: Trial
    oracle: Trial
    shuffled: Trial
    cold: Trial
    by_rule: Bools
    threshold: float
    sudden: tuple[int, int]
    """Sudden failures in the period, and those that an alert for any part came before."""
    named: tuple[int, int, int]
    """True alerts; those whose first residual is of the failing part; those of whose first three
    one is."""


def main() -> None:
    """Measure, print the tables, and write them where `--out` says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--out", type=Path, help="Markdown file to write")
    arguments = parser.parse_args()
    began = time.process_time()
    runs = [_run(seed) for seed in range(1, arguments.seeds + 1)]
    report = _tables(runs, time.process_time() - began)
    print(report)
    if arguments.out:
        arguments.out.write_text(report + "\n", encoding="utf-8")


def _run(seed: int) -> Run:
    learnt = training.learn(SIZE, seed)
    estate, hidden = _estate(ELSEWHERE, simulated.TEST, seed, SIZE.test_sites)
    watched = simulated.watch(estate)
    probability = simulated.foretold(learnt.predictor.parts, watched)
    ours = simulated.trial(estate, hidden, watched, probability)
    oracle = replace(ours, probability=_oracle(seed, hidden))
    shuffled = replace(ours, probability=_shuffled(seed, watched))
    cold_estate, cold_hidden = _estate(COLD, simulated.TEST, 100 + seed, SIZE.test_sites)
    cold_watched = simulated.watch(cold_estate)
    told = simulated.foretold(learnt.predictor.parts, cold_watched)
    cold = simulated.trial(cold_estate, cold_hidden, cold_watched, told)
    over = probability >= learnt.predictor.threshold
    return Run(
        ours,
        oracle,
        shuffled,
        cold,
        np.stack([rule.over(outlook) for outlook in watched.outlooks]),
        learnt.predictor.threshold,
        _sudden(hidden, ours, over),
        _named(ours, over, watched.outlooks, learnt.predictor.parts),
    )


def _estate(
    population: Population, stream: int, seed: int, sites: int
) -> tuple[simulated.Estate, Hidden]:
    return simulated.estate(
        population,
        stream=stream,
        seed=seed,
        sites=sites,
        devices_a_site=SIZE.DEVICES_A_SITE,
        days=SIZE.days,
    )


def _oracle(seed: int, tested: Hidden) -> Floats:
    """(days, parts, devices) of a learner that sees the wear itself, and learns from the truth."""
    source, hidden = _estate(LEARNT_FROM, simulated.TRAINING, seed, SIZE.sites)
    second, held_back = _estate(LEARNT_FROM, simulated.CALIBRATION, seed, SIZE.calibration_sites)
    parts = learn(_seen_through(source, hidden), _seen_through(second, held_back))
    days = range(WARM_UP_D, SIZE.days)
    asked = [_wear(tested, day) for day in days]
    return np.stack([[parts[part].probability(matrix) for part in PARTS] for matrix in asked])


def _seen_through(estate: simulated.Estate, hidden: Hidden) -> Examples:
    failed = np.zeros_like(estate.called)
    for failure in hidden.failures:
        if failure.part in PARTS:
            failed[PARTS.index(failure.part), failure.device, failure.day] = True
    soon = simulated.upcoming(failed)
    rows, outcomes = [], []
    for day in range(WARM_UP_D, SIZE.days - _TRAIL_D, SIZE.every_d):
        working = ~hidden.down[:, day]
        rows.append(_wear(hidden, day)[working])
        outcomes.append(soon[:, working, day])
    outcome = np.concatenate(outcomes, axis=1)
    return Examples(np.concatenate(rows), dict(zip(PARTS, outcome, strict=True)))


def _wear(hidden: Hidden, day: int) -> Floats:
    """(devices, …): each part's wear, and what it gained in a fortnight."""
    now = [hidden.wear[part][:, day] for part in PARTS]
    before = [hidden.wear[part][:, day - _TRAIL_D] for part in PARTS]
    return np.column_stack([*now, *(a - b for a, b in zip(now, before, strict=True))])


def _shuffled(seed: int, watched: simulated.Watched) -> Floats:
    """The same learner on labels that were dealt out at random: it must know nothing."""
    rng = np.random.default_rng(seed)
    estate, _ = _estate(LEARNT_FROM, simulated.TRAINING, seed, SIZE.sites)
    second, _ = _estate(LEARNT_FROM, simulated.CALIBRATION, seed, SIZE.calibration_sites)
    dealt = []
    for source in (estate, second):
        examples = simulated.sampled(source, every_d=SIZE.every_d)
        order = rng.permutation(len(examples.matrix))
        outcomes = {part: values[order] for part, values in examples.outcomes.items()}
        dealt.append(replace(examples, outcomes=outcomes))
    return simulated.foretold(learn(*dealt), watched)


def _sudden(hidden: Hidden, trial: Trial, over: Bools) -> tuple[int, int]:
    raised = policy.replay(over, trial.alarming)
    struck = [
        (failure.device, failure.day - WARM_UP_D)
        for failure in hidden.failures
        if failure.part == SUDDEN and failure.day > WARM_UP_D
    ]
    found = sum(
        any(device == other and 0 < day - at <= _TRAIL_D for at, _, other in raised)
        for device, day in struck
    )
    return len(struck), found


def _named(
    trial: Trial, over: Bools, outlooks: tuple[Outlook, ...], parts: Mapping[str, PartModel]
) -> tuple[int, int, int]:
    true = first = among = 0
    for day, part, device in policy.replay(over, trial.alarming):
        if not trial.failed[day : day + evaluate.TRUE_WITHIN_D, part, device].any():
            continue
        name = PARTS[part]
        why = explain.residuals(outlooks[day], device, name, parts[name])
        own = [SIGNALS[residual.signal].part == name for residual in why]
        true, first, among = true + 1, first + own[0], among + any(own)
    return true, first, among


def _tables(runs: list[Run], cpu_s: float) -> str:
    devices = SIZE.test_sites * SIZE.DEVICES_A_SITE
    lines = [
        f"# Foresight: {len(runs)} seeds, {devices} unseen devices over {SIZE.days} days each",
        "",
        f"Learnt on {SIZE.sites * SIZE.DEVICES_A_SITE} simulated devices. {os.cpu_count()} cores,"
        f" {cpu_s / len(runs):.0f} s of CPU a seed. Nothing here comes from real machines.",
        "",
        "PR-AUC of failing within 14 days; in brackets the middle 95 % of bootstraps by site.",
        "",
        "| part | always alarm | shuffled | ours | oracle | of oracle | unseen climate | ECE |",
        "|---|---|---|---|---|---|---|---|",
        *(_part_row(part, runs) for part in (*PARTS, "any")),
        "",
        f"Alerts, at most {policy.BUDGET_A_MONTH} a device and month (the rule as it is):",
        "",
        "| who | alerts a device and month | recall | precision | median lead, days | p10 lead |",
        "|---|---|---|---|---|---|",
        _alert_row("static rule", [evaluate.alerts(run.ours, run.by_rule) for run in runs]),
        _alert_row("ours, threshold set on the calibration estate", [_as_set(run) for run in runs]),
        _alert_row("ours, at the budget", [evaluate.budgeted(run.ours) for run in runs]),
        _alert_row("oracle, at the budget", [evaluate.budgeted(run.oracle) for run in runs]),
        "",
        _bootstrapped(runs),
        _controls(runs),
        "",
        _throughput(),
    ]
    return "\n".join(lines)


def _as_set(run: Run) -> Alerts:
    return evaluate.alerts(run.ours, run.ours.probability >= run.threshold)


def _part_row(part: str, runs: list[Run]) -> str:
    def area(trials: list[Trial]) -> float:
        return float(np.nanmean([evaluate.pr_auc(trial)[part] for trial in trials]))

    ours, oracle = area([run.ours for run in runs]), area([run.oracle for run in runs])
    drawn = [
        evaluate.pr_auc(evaluate.resampled(run.ours, np.random.default_rng(draw)))[part]
        for draw in range(DRAWS // len(runs))
        for run in runs
    ]
    low, high = evaluate.interval(np.array(drawn))
    base = np.mean([evaluate.prevalence(run.ours)[part] for run in runs])
    errors = [evaluate.calibration_error(run.ours).get(part) for run in runs]
    error = "" if part == "any" else f"{np.mean([one or 0.0 for one in errors]):.3f}"
    return (
        f"| {part} | {base:.3f} | {area([run.shuffled for run in runs]):.3f} |"
        f" {ours:.3f} [{low:.3f}, {high:.3f}] | {oracle:.3f} | {ours / oracle:.2f} |"
        f" {area([run.cold for run in runs]):.3f} | {error} |"
    )


def _alert_row(who: str, alerts: list[Alerts]) -> str:
    mean = [float(np.nanmean(values)) for values in zip(*alerts, strict=True)]
    return (
        f"| {who} | {mean[0]:.2f} | {mean[1]:.2f} | {mean[2]:.2f} | {mean[3]:.1f} | {mean[4]:.1f} |"
    )


def _bootstrapped(runs: list[Run]) -> str:
    drawn: list[Alerts] = []
    for run in runs:
        over = run.ours.probability >= run.threshold
        for draw in range(DRAWS // (2 * len(runs))):
            rng = np.random.default_rng(draw)
            once = evaluate.resampled(replace(run.ours, probability=over.astype(float)), rng)
            drawn.append(evaluate.alerts(once, once.probability > 0))
    recall = evaluate.interval(np.array([one.recall for one in drawn]))
    precision = evaluate.interval(np.array([one.precision for one in drawn]))
    return (
        f"At the threshold as set: recall [{recall[0]:.2f}, {recall[1]:.2f}], precision"
        f" [{precision[0]:.2f}, {precision[1]:.2f}]."
    )


def _controls(runs: list[Run]) -> str:
    struck, found = (sum(values) for values in zip(*(run.sudden for run in runs), strict=True))
    chance = np.mean([_as_set(run).a_month for run in runs]) * _TRAIL_D / policy.MONTH_D
    true, first, among = (sum(values) for values in zip(*(run.named for run in runs), strict=True))
    return (
        f"Sudden failures: {struck}, {found} of them within {_TRAIL_D} days of some alert,"
        f" by chance about {struck * chance:.0f}."
        f" True alerts: {true}; the first residual is of the failing part in"
        f" {first / max(true, 1):.0%}, one of the first three in {among / max(true, 1):.0%}."
    )


def _throughput() -> str:
    """CPU time to ask about three days of 100,000 devices, from arrays in memory."""
    estate, _ = _estate(ELSEWHERE, simulated.TEST, 1, FLEET_BATCH // SIZE.DEVICES_A_SITE)
    parts = training.learn(SMALL, 1).predictor.parts
    began = time.process_time()
    for _ in range(FLEET // FLEET_BATCH):
        logs = physics.signals(estate.history)
        for day in range(SIZE.days - policy.PERSIST_D, SIZE.days):
            probabilities(parts, features.at(estate.history, logs, day).matrix)
    return (
        f"Features and probabilities of {FLEET:,} devices, three days each, from arrays in memory:"
        f" {time.process_time() - began:.0f} s of CPU."
    )


if __name__ == "__main__":
    main()
