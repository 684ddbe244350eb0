"""Where in a card's chain there is room for what it did at other operators' machines."""

from collections.abc import Collection
from dataclasses import replace
from typing import NamedTuple

from tapline import policy
from tapline.reconciliation.declared import declared
from tapline.reconciliation.holes import Hole
from tapline.reconciliation.judgement import Declared, Judgement, KnownCard
from tapline.reconciliation.repository import FactsRepository
from tapline.reconciliation.rules import judge
from tapline.uow import UnitOfWork


class Room(NamedTuple):
    """A card of ours as its chain shows it. `last_atc` is where it was last seen."""

    card: KnownCard
    last_atc: int
    holes: list[Hole]
    overturned: Collection[str]
    """The names of accepted lines that do not stand any more."""


def hold_still(uow: UnitOfWork, *, tenant_id: str) -> None:
    """Keep everybody else from judging this tenant's cards until the transaction ends."""
    FactsRepository(uow, tenant_id).be_alone()


def rooms(uow: UnitOfWork, *, tenant_id: str, card_nos: Collection[str]) -> dict[str, Room]:
    """The holes of these cards, also those that a record on its way may yet fill; without cards
    that are not ours. Nobody else judges this tenant's cards meanwhile."""
    stored = FactsRepository(uow, tenant_id)
    stored.be_alone()
    tied = stored.tied(card_nos)
    versions = stored.versions(tied)
    besides = declared(uow, tenant_id=tenant_id, card_nos=tied, versions=versions, forged=[])
    lines = {card_no: besides.elsewhere.get(card_no, ()) for card_no in besides.cards}
    judgement = judge(
        versions,
        replace(besides, elsewhere=lines),
        policy.current(uow, tenant_id=tenant_id),
    )
    return {
        card_no: Room(
            card,
            _last(besides, judgement, card_no),
            judgement.holes[card_no],
            judgement.overturned.get(card_no, ()),
        )
        for card_no, card in besides.cards.items()
        if card_no in card_nos
    }


def _last(besides: Declared, judgement: Judgement, card_no: str) -> int:
    seen = [
        one.atc
        for one in judgement.standing.values()
        if one.card_no == card_no and one.atc is not None and not one.is_torn
    ]
    return max([*seen, besides.cards[card_no].opened_atc or 0])
