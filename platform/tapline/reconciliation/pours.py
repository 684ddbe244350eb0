"""D01, D02, D06: what a debit gave for its money."""

from collections import defaultdict
from collections.abc import Iterable

from tapline.policy import Policy
from tapline.reconciliation.chain import FactKey, Version


def no_water(pour: Version, policy: Policy) -> bool:
    """D01: paid for, and not even the least that counts as water came."""
    return pour.amt_fen > 0 and _waterless(pour, policy)


def shortfall_fen(pour: Version, policy: Policy) -> int:
    """D02: what a partial pour was paid too much; 0 where it is whole or cannot be judged.

    A pour is whole from `full_pour_percent` of what was asked; below, it is worth its share of
    the amount, rounded down: a part of a fen goes to the customer.
    """
    if not pour.ml_req or _waterless(pour, policy):
        return 0
    if pour.ml * 100 >= policy.full_pour_percent * pour.ml_req:
        return 0
    return pour.amt_fen - pour.amt_fen * pour.ml // pour.ml_req


def double_charges(pours: Iterable[Version], policy: Policy) -> dict[FactKey, Version]:
    """D06: debits without water right beside one with water, each with that twin.

    Beside means: of one card at one nozzle, one step of its counter and less than
    `double_charge_window_s` apart.
    """
    sites: dict[tuple[object, ...], dict[int, list[Version]]] = defaultdict(dict)
    for pour in pours:
        if pour.atc is not None and pour.moment is not None and pour.amt_fen > 0:
            site = (pour.card_no, pour.key.device_id, pour.nozzle)
            sites[site].setdefault(pour.atc, []).append(pour)
    pairs = sorted(
        (
            (first, second)
            for by_atc in sites.values()
            for atc, firsts in by_atc.items()
            for first in firsts
            for second in by_atc.get(atc + 1, ())
            if _close(first, second, policy)
        ),
        key=lambda pair: (pair[0].key, pair[1].key),
    )
    named: dict[FactKey, Version] = {}
    for first, second in pairs:
        dry, wet = (first, second) if _waterless(first, policy) else (second, first)
        if _waterless(dry, policy) and not _waterless(wet, policy):
            named.setdefault(dry.key, wet)
    return named


def _waterless(pour: Version, policy: Policy) -> bool:
    return pour.ml < policy.pour_ml_min or pour.pulses == 0


def _close(first: Version, second: Version, policy: Policy) -> bool:
    if first.moment is None or second.moment is None:
        return False
    apart_s = abs((second.moment - first.moment).total_seconds())
    return apart_s < policy.double_charge_window_s
