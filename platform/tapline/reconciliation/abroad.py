"""What cards did at other operators' machines, held against their own trails.

Our own records stand above another's word: an accepted line whose place one of them takes, or whose
balances they contradict, stands no more, whichever came first.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from tapline.devices import Assurance
from tapline.reconciliation import counters, holes
from tapline.reconciliation.chain import DEBIT, Chain, Chains, FactKey, Version
from tapline.reconciliation.counters import Mark
from tapline.reconciliation.holes import Hole
from tapline.reconciliation.judgement import Declared, Elsewhere, Judgement


class _Filled(NamedTuple):
    """A card's holes once the lines that stand have filled theirs, and both kinds of lines."""

    holes: list[Hole]
    stands: list[Elsewhere]
    overturned: list[Elsewhere]


def settle_abroad(
    judgement: Judgement, declared: Declared, own: Chains, disputed: Mapping[str, Collection[int]]
) -> Chains:
    """Say which accepted lines stand, and what room there is for more; the chains with those that
    stand as links."""
    links = []
    for card_no, lines in declared.elsewhere.items():
        filled = _fill(own.of(card_no), disputed.get(card_no, ()), lines)
        judgement.holes[card_no] = filled.holes
        links += [_link(card_no, one) for one in filled.stands]
        if filled.overturned:
            judgement.overturned[card_no] = {one.name for one in filled.overturned}
    return own.plus(links) if links else own


def _fill(own: Chain, disputed: Collection[int], lines: Sequence[Elsewhere]) -> _Filled:
    known = counters.marks(own, {})
    filled = _Filled(_holes(known, disputed), [], [])
    last = max([*(mark.atc for mark in known), *disputed], default=0)
    for one in sorted(lines, key=lambda line: (line.atc, line.name)):
        hole = holes.around(one.atc, filled.holes)
        pour = (one.atc, one.before_fen, one.after_fen)
        if hole is not None and hole.allows(*pour):
            filled.holes[:] = holes.without(filled.holes, hole, *pour)
            filled.stands.append(one)
        elif hole is None and one.atc > last:
            # What was known of the card beyond it is known no more: nothing contradicts it.
            filled.stands.append(one)
        else:
            filled.overturned.append(one)
    return filled


def _holes(known: Sequence[Mark], disputed: Collection[int]) -> list[Hole]:
    """The holes between marks, ascending. A position in dispute is none: something is known of it,
    though not its balances."""
    first = known[0].atc if known else 0
    by_atc = {mark.atc: mark for mark in known}
    for atc in disputed:
        if atc > first:
            by_atc.setdefault(atc, Mark(atc, None, None, None, None))
    pairs = pairwise(by_atc[atc] for atc in sorted(by_atc))
    return [
        Hole(before.atc + 1, after.atc - 1, before.left_fen, after.met_fen)
        for before, after in pairs
        if after.atc - before.atc > 1
    ]


def _link(card_no: str, one: Elsewhere) -> Version:
    """A line as a link of its card's chain: of no machine of ours, known by another's word."""
    return Version(
        key=FactKey("", one.atc),
        content_hash=b"",
        op=DEBIT,
        card_no=card_no,
        atc=one.atc,
        bal_before_fen=one.before_fen,
        amt_fen=one.before_fen - one.after_fen,
        bal_after_fen=one.after_fen,
        ml=0,
        ml_req=None,
        pulses=None,
        nozzle=None,
        status="ok",
        moment=one.at,
        received_at=one.known_at,
        transport=Assurance.CLOUD,
    )
