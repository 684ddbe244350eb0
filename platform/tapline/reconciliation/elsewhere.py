"""Where in a card's chain there is room for what it did at other operators' machines."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from tapline import policy
from tapline.reconciliation.declared import declared
from tapline.reconciliation.judgement import Declared, Judgement, KnownCard
from tapline.reconciliation.repository import FactsRepository
from tapline.reconciliation.rules import judge
from tapline.uow import UnitOfWork


class Hole(NamedTuple):
    """Positions of a card's counter of which nothing is known, and its balance around them, in fen;
    None where that is not known."""

    first: int
    last: int
    left_fen: int | None
    met_fen: int | None


class Room(NamedTuple):
    """A card of ours as its chain shows it. `last_atc` is where it was last seen."""

    card: KnownCard
    last_atc: int
    holes: list[Hole]


def rooms(uow: UnitOfWork, *, tenant_id: str, card_nos: Collection[str]) -> dict[str, Room]:
    """The holes of these cards, as they would be judged once no record could still be on its way;
    without cards that are not ours. Nobody else judges this tenant's cards meanwhile."""
    stored = FactsRepository(uow, tenant_id)
    stored.be_alone()
    tied = stored.tied(card_nos)
    versions = stored.versions(tied)
    besides = declared(uow, tenant_id=tenant_id, card_nos=tied, versions=versions, forged=[])
    in_force = policy.current(uow, tenant_id=tenant_id)
    later = replace(besides, now=besides.now + timedelta(seconds=in_force.gap_s))
    judgement = judge(versions, later, in_force)
    last = {card_no: _last(besides, judgement, card_no) for card_no in besides.cards}
    found = {no: Room(card, last[no], []) for no, card in besides.cards.items() if no in card_nos}
    for key, finding in judgement.findings.items():
        if key.code == "D08" and finding.card_no in found:
            facts = finding.facts
            hole = Hole(facts["from"], facts["to"], facts["left_fen"], facts["met_fen"])
            found[finding.card_no].holes.append(hole)
    return found


def _last(besides: Declared, judgement: Judgement, card_no: str) -> int:
    seen = [
        one.atc
        for one in judgement.standing.values()
        if one.card_no == card_no and one.atc is not None
    ]
    return max([*seen, besides.cards[card_no].opened_atc or 0])
