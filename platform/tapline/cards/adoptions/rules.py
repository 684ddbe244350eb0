"""What a card brings along, and what keeps it from being taken over. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from tapline import ledger
from tapline.cards.model import CardKind
from tapline.errors import ConflictError
from tapline.ledger import chart


class Hindrance(StrEnum):
    """Why a card cannot be taken over."""

    OURS = "card_ours"
    """It is a card of the tenant's already."""
    OTHERS = "card_others"
    """Another operator has issued it."""
    ISSUERS = "card_issuers"
    """Its number is in the range of an issuer of other people's cards."""
    SEEN = "card_seen"
    """Machines of ours sold to it, and the file does not say that it is older than that."""


class HinderedError(ConflictError):
    """A card cannot be taken over; `code` is the hindrance."""

    def __init__(self, card_no: str, hindrance: Hindrance) -> None:
        super().__init__(f"card {card_no} cannot be taken over: {hindrance.value}")
        self.code = hindrance.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """A card with what it brings along. Amounts in fen; `key` is that of its postings."""

    card_no: str
    kind: CardKind
    principal_fen: int
    bonus_fen: int
    opened_atc: int | None
    """The chip's own counter, where somebody read it."""
    customer_id: UUID | None
    key: str

    @property
    def opened_fen(self) -> int:
        """What its purse holds."""
        return self.principal_fen + self.bonus_fen


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of some card numbers."""

    ours: Collection[str]
    others: Collection[str]
    issuers: Collection[str]
    sightings: Mapping[str, bool]
    """Those that machines of ours met, and whether each time with the card's counter."""

    def hindrance(self, card_no: str, opened_atc: int | None) -> Hindrance | None:
        """What keeps this card from being taken over; None where nothing does.

        A balance and a sale to the card can be added up only if it is known which came first.
        """
        if card_no in self.ours:
            return Hindrance.OURS
        if card_no in self.others:
            return Hindrance.OTHERS
        if card_no in self.issuers:
            return Hindrance.ISSUERS
        if card_no in self.sightings and (opened_atc is None or not self.sightings[card_no]):
            return Hindrance.SEEN
        return None


def postings(adoption: Adoption, at: datetime) -> list[ledger.Command]:
    """How its money comes onto it, from `equity:opening`: its own under its key, bonus under
    `<key>:bonus`."""
    commands: list[ledger.Command] = []
    if adoption.principal_fen:
        credit = ledger.Credit(adoption.card_no, adoption.principal_fen)
        commands.append(_command(adoption, adoption.key, credit, at))
    if adoption.bonus_fen:
        bonus = chart.card(adoption.card_no).bonus
        grant = ledger.Transfer(chart.OPENING, bonus, adoption.bonus_fen)
        commands.append(_command(adoption, f"{adoption.key}:bonus", grant, at))
    return commands


def _command(
    adoption: Adoption, key: str, movement: ledger.Credit | ledger.Transfer, at: datetime
) -> ledger.Command:
    return ledger.Command(
        key=key,
        kind="card_opened",
        event_at=at,
        movement=movement,
        content={"card": adoption.card_no, "fen": movement.amount},
        source={"subject": f"card:{adoption.card_no}"},
    )
