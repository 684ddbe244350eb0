"""A card's operations in the order in which the card did them. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tapline.reconciliation import clones, counters, torn
from tapline.reconciliation.chain import Chain, Opening, Version
from tapline.reconciliation.counters import Leap
from tapline.reconciliation.torn import Verdict


class Step(NamedTuple):
    """One operation, and what lies between it and the one before."""

    version: Version
    verdict: Verdict | None
    """Of an interrupted debit."""
    leap: Leap | None
    """Operations nobody told us of, or a balance that changed by itself, right before it."""


def steps(versions: Iterable[Version], opening: Opening | None) -> list[Step]:
    """The versions that stand of one card's facts, by its counter; what has none, by its time.

    An interrupted debit comes after the position that it followed; of several, the lowest.
    """
    told = sorted(versions, key=lambda one: one.key)
    excluded = {
        one.key
        for rivals in clones.rivals(_chain(told, opening))
        for one in rivals.versions
        if one not in rivals.left
    }
    chain = _chain([one for one in told if one.key not in excluded], opening)
    decided = torn.decide([one for one in told if one.is_torn and one.is_debit], chain, ())
    known = counters.marks(chain, decided.charged)
    leaps = {leap.after.atc: leap for leap in (*counters.leaps(known, ()), *counters.broken(known))}
    done: list[Step] = []
    for version in sorted(told, key=lambda one: _order(one, decided)):
        leap = leaps.pop(version.atc, None) if version.atc is not None else None
        done.append(Step(version, decided.verdicts.get(version.key), leap))
    return done


def _chain(versions: Sequence[Version], opening: Opening | None) -> Chain:
    chain = Chain(opening)
    for version in versions:
        chain.add(version)
    return chain


def _order(version: Version, decided: torn.Decided) -> tuple[float, str, str, int]:
    place: float = version.atc or 0
    if version.is_torn and (places := decided.places.get(version.key)):
        place = places[0] + 0.5
    at = version.moment or version.received_at
    return (place, at.isoformat(), version.key.device_id, version.key.seq)
