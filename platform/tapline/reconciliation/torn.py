"""D12: a debit torn in the middle. The next sighting of the card, counter and balance, decides."""

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import NamedTuple

from tapline.reconciliation.chain import Chain, FactKey, Version
from tapline.reconciliation.findings.rules import Found


class Verdict(StrEnum):
    CHARGED = "charged"
    """The counter moved on and the amount is gone: it happened."""
    VOID = "void"
    """The card was met unchanged: it never happened."""
    OPEN = "open"
    """The card has not been seen since."""
    UNFIT = "unfit"
    """The card was seen since, and nothing fits: a person must look."""


class Decided(NamedTuple):
    """The verdicts on the torn debits of a card, and after which positions the charged ones were
    written: `place + 1` is theirs."""

    verdicts: dict[FactKey, Verdict]
    charged: dict[int, Version]
    places: dict[FactKey, list[int]]
    """After which positions each may have been written."""


def decide(torn: Sequence[Version], chain: Chain, disputed: Collection[int]) -> Decided:
    """Judge the torn debits of one card against its chain.

    A torn debit after position k happened if nothing else is known of k+1, and k+2 met the
    balance less the amount. One such hole pays for one torn debit; several claim in the order of
    (device, number). `disputed` positions belong to versions in conflict: no hole, no sighting.
    """
    ordered = sorted(torn, key=lambda version: version.key)
    places = {version.key: _places(version, chain) for version in ordered}
    taken: dict[int, Version] = {}
    verdicts: dict[FactKey, Verdict] = {}
    for version in ordered:
        for place in places[version.key]:
            if place not in taken and _hole_fits(version, place, chain, disputed):
                taken[place] = version
                verdicts[version.key] = Verdict.CHARGED
                break
    for version in ordered:
        if version.key not in verdicts:
            verdicts[version.key] = _uncharged(version, places[version.key], chain, disputed, taken)
    return Decided(verdicts, taken, places)


def _places(torn: Version, chain: Chain) -> list[int]:
    """The positions it may have followed."""
    if torn.atc is not None:
        return [torn.atc - 1]
    if torn.bal_before_fen is None:
        return []
    lower, upper = chain.around(torn.key)
    return [
        place
        for place in chain.positions_left_at(torn.bal_before_fen)
        if (lower is None or lower <= place) and (upper is None or place < upper)
    ]


def _hole_fits(torn: Version, place: int, chain: Chain, disputed: Collection[int]) -> bool:
    if torn.bal_before_fen is None or chain.at(place + 1) or place + 1 in disputed:
        return False
    return chain.met(place + 2, torn.bal_before_fen - torn.amt_fen)


def _uncharged(
    torn: Version,
    places: Sequence[int],
    chain: Chain,
    disputed: Collection[int],
    taken: dict[int, Version],
) -> Verdict:
    if not places:
        return Verdict.UNFIT if _has_no_place(torn, chain) else Verdict.OPEN
    if all(_unchanged(torn, place, chain, taken) for place in places):
        return Verdict.VOID
    if any(_unseen(place, chain, disputed, taken) for place in places):
        return Verdict.OPEN
    return Verdict.UNFIT


def _unchanged(torn: Version, place: int, chain: Chain, taken: dict[int, Version]) -> bool:
    """Whether what came next met the balance that the torn debit had met."""
    if torn.bal_before_fen is None:
        return False
    if place in taken:
        return taken[place].bal_before_fen == torn.bal_before_fen
    return chain.met(place + 1, torn.bal_before_fen)


def _unseen(place: int, chain: Chain, disputed: Collection[int], taken: dict[int, Version]) -> bool:
    """Whether what followed `place` has not been reported yet, or is in dispute."""
    if place in taken or chain.at(place + 1):
        return False
    return place + 1 in disputed or not chain.at(place + 2)


def _has_no_place(torn: Version, chain: Chain) -> bool:
    """Whether every position it could have followed is known, and none left its balance."""
    if torn.bal_before_fen is None:
        return True
    lower, upper = chain.around(torn.key)
    if lower is None or upper is None:
        return False
    return all(chain.at(position) for position in range(lower, upper + 1))


def found(torn: Version, verdict: Verdict, *, needs_person: bool, contested: bool) -> Found:
    """What is said of a torn debit; `contested`: the card's trail says that it was taken, if what
    another operator claims at its place were not."""
    return Found(
        device_id=torn.key.device_id,
        seq=torn.key.seq,
        card_no=torn.card_no,
        amount_fen=torn.amt_fen,
        facts={
            "amt_fen": torn.amt_fen,
            "bal_before_fen": torn.bal_before_fen,
            "ml": torn.ml,
            "verdict": verdict.value,
            **({"contested": True} if contested else {}),
        },
        needs_person=needs_person,
    )
