"""A model card: what a model is for, what it learnt from, how good it is, where it fails."""

import math
from collections.abc import Mapping
from typing import Any

from tapline_ml.evaluate import Alerts
from tapline_ml.predictor import HORIZON_D

_PARTS_ZH = {"prefilter": "前置滤芯", "pump": "增压泵", "membrane": "膜"}
_PARTS_EN = {"prefilter": "pre-filter", "pump": "pump", "membrane": "membrane"}


def metrics(
    *,
    pr_auc: Mapping[str, float],
    prevalence: Mapping[str, float],
    calibration_error: Mapping[str, float],
    alerts: Alerts,
    rule: Alerts,
) -> dict[str, Any]:
    """The figures of a model as JSON values; what could not be computed is null."""
    return {
        "pr_auc": _rounded(pr_auc),
        "prevalence": _rounded(prevalence),
        "calibration_error": _rounded(calibration_error),
        "alerts": _rounded(alerts._asdict()),
        "rule": _rounded(rule._asdict()),
    }


def write(*, learnt_from: Mapping[str, Any], metrics: Mapping[str, Any]) -> dict[str, Any]:
    """The card as data, with a text for people in Chinese and English.

    `learnt_from` has `simulated_devices`, `simulated_days`, `seed`, `labels` (closed proactive
    tickets) and `positives` by part.
    """
    return {
        "purpose": "fault foresight",
        "horizon_d": HORIZON_D,
        "learnt_from": dict(learnt_from),
        "metrics": dict(metrics),
        "zh": _zh(learnt_from, metrics),
        "en": _en(learnt_from, metrics),
    }


def _zh(learnt: Mapping[str, Any], metrics: Mapping[str, Any]) -> str:
    ours, rule = metrics["alerts"], metrics["rule"]
    parts = "、".join(_PARTS_ZH[part] for part in learnt["positives"])
    return (
        f"用途：预计未来 {HORIZON_D} 天内{parts}发生故障的概率。"
        f"学习数据：{learnt['simulated_devices']} 台模拟设备 {learnt['simulated_days']} 天的记录，"
        f"以及 {learnt['labels']} 张已回填结果的预防工单；模拟数据不能代替真实故障。"
        f"在另一组设备、参数和日期上检验：每台每月 {ours['a_month']} 次预警，"
        f"命中 {_percent(ours['recall'])} 的故障，{_percent(ours['precision'])} 的预警属实，"
        f"提前量中位数 {ours['lead_median_d']} 天；"
        f"固定阈值规则为每台每月 {rule['a_month']} 次、{_percent(rule['recall'])}、"
        f"{_percent(rule['precision'])}。"
        "局限：突发故障（电路板、爆管）无法预计；流量计漂移无法与膜污堵区分；"
        "新装或更换后 7 天内、停水或断网期间不作判断。"
    )


def _en(learnt: Mapping[str, Any], metrics: Mapping[str, Any]) -> str:
    ours, rule = metrics["alerts"], metrics["rule"]
    parts = ", ".join(_PARTS_EN[part] for part in learnt["positives"])
    return (
        f"For: the probability that a part ({parts}) fails within {HORIZON_D} days. "
        f"Learnt from {learnt['simulated_devices']} simulated dispensers over"
        f" {learnt['simulated_days']} days and {learnt['labels']} proactive tickets closed with an"
        " outcome; simulation is no substitute for real failures. "
        f"Tested on other devices, parameters and days: {ours['a_month']} alerts a device and"
        f" month find {_percent(ours['recall'])} of failures, {_percent(ours['precision'])} of them"
        f" are right, median lead {ours['lead_median_d']} days; the plain rule:"
        f" {rule['a_month']}, {_percent(rule['recall'])}, {_percent(rule['precision'])}. "
        "Limits: sudden failures (electronics, bursts) cannot be foreseen; a drifting flow meter"
        " looks like a fouled membrane; nothing is said in the first 7 days of a device or part,"
        " nor while water or network is out."
    )


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _rounded(values: Mapping[str, float]) -> dict[str, float | None]:
    return {
        name: None if math.isnan(value) else round(float(value), 3)
        for name, value in values.items()
    }
