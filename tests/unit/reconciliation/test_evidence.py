"""Who should bear what was found: a proposal."""

from typing import Any

import pytest

from tapline.reconciliation import Finding, Side
from tapline.reconciliation.evidence.rules import proposed_side


@pytest.mark.req("C20")
@pytest.mark.parametrize(
    ("code", "facts", "alarms", "side"),
    [
        ("D01", {}, [], Side.OPERATOR),
        ("D01", {}, ["valve_stuck"], Side.OPERATOR),
        ("D01", {}, ["mains_lost"], Side.PROPERTY),
        ("D12", {}, ["inlet_lost"], Side.PROPERTY),
        ("D05", {}, ["mains_lost"], Side.VENDOR),
        ("D09", {}, ["mains_lost"], Side.OPERATOR),
        ("D14", {}, [], Side.CUSTOMER),
        ("D22", {"knew": False}, [], Side.OPERATOR),
        ("D22", {"knew": True}, [], Side.VENDOR),
    ],
)
def test_a_side_is_proposed_by_what_was_wrong(
    code: str, facts: dict[str, Any], alarms: list[str], side: Side
) -> None:
    assert proposed_side(Finding(code=code, facts=facts), alarms) is side
