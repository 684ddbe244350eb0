"""Whatever units a firmware measures in, the same water reads the same."""

import pytest

from tapline.devices.telemetry.model import Metric
from tapline.devices.telemetry.rules import sort_metrics


@pytest.mark.parametrize(
    ("name", "value", "metric", "ours"),
    [
        ("p_in_bar_x100", 215, Metric.P_IN_KPA, 215),
        ("p_post_mbar", 1904, Metric.P_POST_KPA, 190),
        ("p_in_psi_x10", 312, Metric.P_IN_KPA, 215),
        ("flow_l_h", 288, Metric.FLOW_ML_S, 80),
        ("flow_ml_min", 4800, Metric.FLOW_ML_S, 80),
        ("temp_c", 21, Metric.TEMP_C_X10, 210),
        ("temp_f_x10", 707, Metric.TEMP_C_X10, 215),
    ],
)
def test_another_unit_becomes_ours(name: str, value: int, metric: Metric, ours: int) -> None:
    assert sort_metrics({name: value}) == ({metric: ours}, {})


def test_our_own_reading_is_believed_before_another() -> None:
    assert sort_metrics({"p_in_bar_x100": 300, "p_in_kpa": 215}) == ({Metric.P_IN_KPA: 215}, {})


def test_what_nobody_knows_is_kept_as_it_came_and_nonsense_costs_nothing() -> None:
    metrics, extra = sort_metrics({"flow_gal_min": 3, "flow_l_h": 2**70, "temp_c": "warm"})
    assert (metrics, extra) == ({}, {"flow_gal_min": 3})  # 2**70 is no reading


def test_what_cannot_have_been_measured_is_no_better_in_another_unit() -> None:
    metrics, extra = sort_metrics({"temp_c": 900})
    assert (metrics, extra) == ({}, {"temp_c_x10": 9000})
