"""A dispenser takes a list over only when it ends up with the list that was meant."""

import pytest

from tapline_gateway.protocol import CardList, list_hash
from tapline_sim.cardlist import HeldList

HELD = HeldList(ver=3, cards=frozenset({"88001", "88002"}), seq=10)


def change(base: int, ver: int, *, add: str = "", remove: str = "", leads_to: str) -> CardList:
    return CardList(
        base=base,
        ver=ver,
        add=add.split(),
        remove=remove.split(),
        hash=list_hash(leads_to.split()),
    )


def test_a_change_builds_on_what_is_kept() -> None:
    said = change(3, 5, add="88003", remove="88001", leads_to="88002 88003")
    after = HELD.changed(said, seq=12)
    assert (after.ver, after.cards, after.seq) == (5, frozenset({"88002", "88003"}), 12)


def test_the_whole_list_replaces_whatever_was_kept() -> None:
    after = HELD.changed(change(0, 4, add="88009", leads_to="88009"), seq=12)
    assert (after.ver, after.cards) == (4, frozenset({"88009"}))


@pytest.mark.parametrize(
    "said",
    [
        change(0, 3, add="88009", leads_to="88009"),  # a copy of an old frame
        change(2, 4, add="88009", leads_to="88001 88002 88009"),  # builds on another
        change(3, 4, add="88009", leads_to="88009"),  # leads elsewhere
    ],
    ids=["old", "base", "hash"],
)
def test_what_does_not_fit_changes_nothing(said: CardList) -> None:
    assert HELD.changed(said, seq=12) is HELD
