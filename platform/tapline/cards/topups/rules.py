"""How much may be put on a card, and where on it money lands. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tapline.cards.model import Card
from tapline.errors import ConflictError, InvalidError
from tapline.ledger import Account, chart
from tapline.policy import Policy


@dataclass(frozen=True, slots=True)
class Landing:
    """The accounts of a card that take what is paid, and what is given on top."""

    paid: Account
    bonus: Account


def landing(card: Card) -> Landing:
    """A purse on the card is written at a tap, so its money waits; a balance with us is there."""
    accounts = chart.card(card.card_no)
    if card.kind.has_purse:
        return Landing(accounts.pending_load, accounts.pending_bonus)
    return Landing(accounts.principal, accounts.bonus)


@dataclass(frozen=True, slots=True)
class Room:
    """What may be put on a card now: `fen_min` to `fen_max`, nothing where `fen_max` is less."""

    fen_min: int
    fen_max: int

    @property
    def closed(self) -> bool:
        """Whether nothing may be."""
        return self.fen_max < self.fen_min

    def check(self, amount_fen: int) -> None:
        """Refuse an amount that may not be put on the card, saying which may."""
        if self.closed:
            raise ConflictError(
                "this card takes no more for now: it is full, or was topped up too often today"
            )
        if not self.fen_min <= amount_fen <= self.fen_max:
            raise InvalidError(
                f"this card takes {self.fen_min} to {self.fen_max} fen now, not {amount_fen}"
            )


def room(policy: Policy, *, card_fen_max: int, worth_fen: int, today: int) -> Room:
    """What a card worth `worth_fen`, open questions included, takes after `today` top-ups."""
    if today >= policy.topups_per_card_day_max:
        return Room(policy.topup_fen_min, 0)
    return Room(policy.topup_fen_min, min(policy.topup_fen_max, card_fen_max - worth_fen))


def offered(policy: Policy, found: Room) -> Sequence[int]:
    """Of the amounts on offer, those that the card takes."""
    return [fen for fen in policy.topup_choices_fen if found.fen_min <= fen <= found.fen_max]


def receipt_no(day: date, count: int) -> str:
    """What is written on the receipt: `C2611220007`."""
    return f"C{day:%y%m%d}{count:04d}"
