"""Parameters of safe water: limits, when readings mean danger, how long filters last."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterPolicy:
    """What a tenant's policy says of water. Limits are as CJ 94-2005 (饮用净水水质标准) has them;
    `tapline.water.samples` names the source of each."""

    water_bacteria_cfu_ml_max: int = 50
    water_turbidity_ntu_x100_max: int = 50
    water_tds_mg_l_max: int = 500
    water_ph_x100_min: int = 600
    water_ph_x100_max: int = 850
    water_cod_mg_l_x100_max: int = 200
    """What permanganate oxidises."""
    water_chlorine_mg_l_x100_max: int = 200
    """Free chlorine."""
    water_release_parameters: tuple[str, ...] = ("bacteria", "coliforms", "turbidity", "tds")
    """What must have been tested before a machine that was stopped for its water sells again."""
    water_readings_min: int = 3
    """So many readings one after the other must agree that water is not safe."""
    water_rejection_percent_min: int = 70
    """A membrane that holds back less leaks."""
    water_tds_jump_mg_l: int = 60
    """More by this, and to this share, than in the week before is a jump."""
    water_tds_jump_percent: int = 300
    water_prefilter_days: int = 90
    water_prefilter_litres: int = 20_000
    water_carbon_days: int = 180
    water_carbon_litres: int = 40_000
    water_membrane_days: int = 730
    water_membrane_litres: int = 150_000
    water_postfilter_days: int = 180
    water_postfilter_litres: int = 40_000
    water_uv_lamp_days: int = 365
    water_sample_days: int = 92
    """So often the water of every machine is tested."""
    water_drill_days: int = 80
    """So long after a quarter begins its drill should have been held."""
    water_refund_alone_fen_max: int = 50_000
    """The most that one person gives back for bad water in a day, whatever the cases; above it a
    second one approves."""


WATER_MAX: Mapping[str, int] = {
    "water_bacteria_cfu_ml_max": 100,
    "water_turbidity_ntu_x100_max": 100,
    "water_tds_mg_l_max": 1000,
    "water_ph_x100_max": 850,
    "water_cod_mg_l_x100_max": 300,
    "water_chlorine_mg_l_x100_max": 200,
}
"""What drinking water may hold at most, whoever sells it: GB 5749-2022, tables 1 and 2."""

WATER_PH_X100_MIN = 600
"""CJ 94-2005, below the 6.5 of GB 5749-2022: what passes a membrane is a little sour."""


def unsafe_limits(policy: WaterPolicy) -> list[str]:
    """What no tenant may set, each with what to do; empty where all is well."""
    wrong = []
    for name, most in WATER_MAX.items():
        if getattr(policy, name) > most:
            wrong.append(f"{name} is at most {most}: GB 5749-2022")
    if policy.water_ph_x100_min < WATER_PH_X100_MIN:
        wrong.append(f"water_ph_x100_min is at least {WATER_PH_X100_MIN}: CJ 94-2005")
    if policy.water_readings_min < 1:
        wrong.append("water_readings_min 0 would stop every machine: 1 or more")
    if not policy.water_release_parameters:
        wrong.append("water_release_parameters is empty: an untested machine would sell again")
    return wrong
