"""Cards and what machines said about them."""

from dataclasses import dataclass
from uuid import UUID

from tapline.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsStored(Event):
    """A batch of card facts was stored. `cards` are the cards they touch, sorted."""

    cards: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsRestated(Event):
    """These facts are charged otherwise than before: to somebody else, or another amount. `facts`
    are (device_id, seq) pairs, `cards` those that bore one before or do now, sorted."""

    facts: tuple[tuple[str, int], ...]
    cards: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardIssued(Event):
    """A card became ours. What it drank before rests in suspense until it is judged again."""

    card_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardsClaimed(Event):
    """Whose cards these are has changed, an issuer's or ours: what was drawn with them is judged
    again."""

    cards: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NumbersClaimed(Event):
    """Whose numbers these are has changed. `runs` are (first_no, last_no) pairs.

    Their cards are looked up when this is heard: a machine may have met one of them while the
    change was on its way, and was told the old owner.
    """

    runs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsOverturned(Event):
    """What these cards were charged for another operator's water does not stand any more: our own
    records, which came later, say otherwise."""

    cards: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardReplaced(Event):
    """Another card took a card's place."""

    card_no: str
    new_card_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardCarried(Event):
    """What was left on a replaced card went on to `heir`, the card in use in its place."""

    card_no: str
    heir: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicatesSeen(Event):
    """Facts arrived again with the same content. `facts` are (device_id, seq, card_no) triples."""

    facts: tuple[tuple[str, int, str | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedFactsMissing(Event):
    """A device says we released facts that we do not have: we lost them, from a restored backup."""

    device_id: str
    from_seq: int
    to_seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockListChanged(Event):
    """Cards were added to or taken from the list that devices keep."""

    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockListAcknowledged(Event):
    """A device says it keeps this version of the list."""

    device_id: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GraduationApproved(Event):
    """The cards of those who leave a school shall be given up."""

    graduation_id: UUID
