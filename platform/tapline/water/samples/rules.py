"""What is measured in water, within which limits, and how a sample is judged. Pure.

Every limit is a parameter of the policy, laid down as the one table of CJ 94-2005 has it
(饮用净水水质标准, water from dispensers); no tenant may set one beyond table 1 of GB 5749-2022
(生活饮用水卫生标准), which has disinfectants in table 2. One thing is CJ 94-2005's alone: what
passes a membrane is a little sour, so that pH may be 6.0 where GB 5749-2022 wants 6.5. What must
not be found at all is nobody's to set. Only what a machine can spoil is judged here; the least
chlorine that both want in a network of pipes does not concern a machine with a lamp.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from tapline.errors import InvalidError
from tapline.policy import Policy
from tapline.water.samples.model import Verdict

_VALUE_MAX = 10_000_000


@dataclass(frozen=True, slots=True)
class Parameter:
    """One measured quantity: its unit, how many decimals are kept, and who demands the limit."""

    unit: str
    decimals: int
    source: str


PARAMETERS: Mapping[str, Parameter] = {
    "bacteria": Parameter("CFU/mL", 0, "CJ 94-2005: ≤ 50; GB 5749-2022: ≤ 100"),
    "coliforms": Parameter("MPN/100mL", 0, "CJ 94-2005, GB 5749-2022"),
    "e_coli": Parameter("MPN/100mL", 0, "GB 5749-2022"),
    "pseudomonas": Parameter("CFU/250mL", 0, "GB 19298-2014: n = 5, c = 0"),
    "turbidity": Parameter("NTU", 2, "CJ 94-2005: ≤ 0.5; GB 5749-2022: ≤ 1"),
    "tds": Parameter("mg/L", 0, "CJ 94-2005: ≤ 500; GB 5749-2022: ≤ 1000"),
    "ph": Parameter("", 2, "CJ 94-2005: 6.0–8.5; GB 5749-2022: 6.5–8.5"),
    "oxygen_demand": Parameter("mg/L", 2, "CJ 94-2005: ≤ 2; GB 5749-2022: ≤ 3"),
    "chlorine": Parameter("mg/L", 2, "GB 5749-2022: ≤ 2"),
}
"""By name, in the order of pages. A value is a whole number of 10 ** -decimals of its unit."""


class Limit(NamedTuple):
    """Both ends are allowed; None: no such end."""

    low: int | None
    high: int | None

    def holds(self, value: int) -> bool:
        """Whether a value lies within."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


_NONE = Limit(None, 0)


def limits(policy: Policy) -> dict[str, Limit]:
    """Within what water is good, by the names of `PARAMETERS`."""
    return {
        "bacteria": Limit(None, policy.water_bacteria_cfu_ml_max),
        "coliforms": _NONE,
        "e_coli": _NONE,
        "pseudomonas": _NONE,
        "turbidity": Limit(None, policy.water_turbidity_ntu_x100_max),
        "tds": Limit(None, policy.water_tds_mg_l_max),
        "ph": Limit(policy.water_ph_x100_min, policy.water_ph_x100_max),
        "oxygen_demand": Limit(None, policy.water_cod_mg_l_x100_max),
        "chlorine": Limit(None, policy.water_chlorine_mg_l_x100_max),
    }


def check_readings(readings: Mapping[str, int]) -> None:
    """Refuse what no laboratory reports.

    Raises:
        InvalidError: there is none, a name is unknown, or a value cannot be.
    """
    if not readings:
        raise InvalidError("enter at least one value of the report")
    if unknown := readings.keys() - PARAMETERS:
        raise InvalidError(f"{min(unknown)} is not measured here: {', '.join(PARAMETERS)}")
    for name, value in readings.items():
        if type(value) is not int or not 0 <= value <= _VALUE_MAX:
            raise InvalidError(f"{name} cannot be {value}: look at the report again")


def beyond(readings: Mapping[str, int], within: Mapping[str, Limit]) -> list[str]:
    """The names of values that lie beyond their limits, in the order of `PARAMETERS`."""
    return [
        name for name in PARAMETERS if name in readings and not within[name].holds(readings[name])
    ]


def verdict(readings: Mapping[str, int], wrong: Collection[str], policy: Policy) -> Verdict:
    """How a report is judged: it passes where all that counts was tested, and nothing is beyond."""
    if wrong:
        return Verdict.FAILED
    whole = set(policy.water_release_parameters) <= readings.keys()
    return Verdict.PASSED if whole else Verdict.PARTIAL


class ValueTypedError(InvalidError):
    """It is no number, or too precise a one."""

    code = "water_value"


def read_value(name: str, text: str) -> int:
    """What a person typed for a parameter, in its scale; `<1` is zero.

    Raises:
        ValueTypedError: it is no number, or has more decimals than are kept.
    """
    parameter, typed = PARAMETERS[name], text.strip()
    if typed.startswith("<"):
        return 0
    try:
        scaled = Decimal(typed).scaleb(parameter.decimals)
        if scaled != scaled.to_integral_value() or not 0 <= scaled <= _VALUE_MAX:
            raise InvalidOperation
    except InvalidOperation:
        raise ValueTypedError(
            f"{name}: write a number with at most {parameter.decimals} decimals, such as 0"
        ) from None
    return int(scaled)


def shown(name: str, value: int) -> str:
    """A value as people write it, without its unit."""
    decimals = PARAMETERS[name].decimals
    return f"{value / 10**decimals:.{decimals}f}"


def as_document(within: Mapping[str, Limit], names: Collection[str]) -> dict[str, Any]:
    """The limits of these, as they are kept with a sample."""
    return {name: list(within[name]) for name in names}
