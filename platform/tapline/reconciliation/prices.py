"""D24: what was charged beside what the tariff asks. A version that we do not know says nothing."""

from tapline.devices.tariffs import Tariff
from tapline.policy import Policy
from tapline.reconciliation.chain import Version

_TOLERANCE_FEN = 1
"""Machines round as they like."""


def overcharge_fen(pour: Version, tariff: Tariff | None, policy: Policy) -> int:
    """What a pour was charged beyond its tariff, below 0 what it was charged too little; 0 within
    a fen of it, and where the tariff is not known.

    Prices are for the water that was asked for. Where only a part of it came, what came is what
    should have been paid: the customer of a dear and short pour is owed both differences.
    """
    if tariff is None:
        return 0
    asked_ml = pour.ml_req or pour.ml
    off_fen = pour.amt_fen - tariff.price_fen(asked_ml)
    if abs(off_fen) <= _TOLERANCE_FEN:
        return 0
    is_whole = pour.ml * 100 >= policy.full_pour_percent * asked_ml
    if off_fen < 0 or is_whole:
        return off_fen
    return pour.amt_fen - tariff.price_fen(pour.ml)
