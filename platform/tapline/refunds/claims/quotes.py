"""How much there is to give back, line by line, each with the rule that it follows. Pure.

A quote never reads how a card's money is split between its accounts, which depends on policy; it
counts what was paid in, granted and drawn.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from tapline.ledger import chart

UNUSED_WITHIN = timedelta(days=7)

UNUSED = "SPC 法释〔2025〕4号 14"
DISCOUNTED = "SPC 法释〔2025〕4号 18"
UNDISCOUNTED = "SPC 法释〔2025〕4号 19"
SHORTFALL = "SPC 法释〔2025〕4号 20"
CONTRACT = "民法典 563, 566"
DEPOSIT = "民法典 587"


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One step of the sum: a code for its label, a signed amount, and where the rule stands."""

    code: str
    amount_fen: int
    source: str


@dataclass(frozen=True, slots=True)
class Quote:
    """What can be given back now. The lines add up to `total_fen`."""

    lines: tuple[QuoteLine, ...]
    forfeit_fen: int = 0
    """Promotional value that lapses."""
    unused: bool = False
    """Nothing was drawn, and it was paid within the last seven days: the short clock runs."""

    @property
    def total_fen(self) -> int:
        """The amount, never below zero."""
        return sum(line.amount_fen for line in self.lines)

    def document(self) -> dict[str, Any]:
        """As JSON, to be kept with the decision."""
        return asdict(self) | {
            "total_fen": self.total_fen,
            "lines": [asdict(x) for x in self.lines],
        }


@dataclass(frozen=True, slots=True)
class CardMoney:
    """What ever came to a card and went from it, in fen."""

    paid_fen: int
    granted_fen: int
    """Bonus, less what lapsed."""
    drawn_fen: int
    """Water at list price, less what was put right."""
    returned_fen: int
    written_off_fen: int

    @classmethod
    def of(cls, counterparts: Mapping[str, int]) -> "CardMoney":
        """Read it off what other accounts gave the card."""
        known = {
            "drawn": -sum(fen for code, fen in counterparts.items() if code.startswith("rev:")),
            "granted": counterparts.get(chart.BONUS.code, 0),
            "returned": -counterparts.get(chart.REFUND_PAYABLE.code, 0),
            "written_off": counterparts.get(chart.CLOSING_LOSS.code, 0),
        }
        balance = sum(counterparts.values())
        paid = balance + known["drawn"] + known["returned"]
        paid -= known["granted"] + known["written_off"]
        return cls(paid, known["granted"], known["drawn"], known["returned"], known["written_off"])

    @property
    def balance_fen(self) -> int:
        """What the card is worth now; negative when its holder owes us."""
        given = self.paid_fen + self.granted_fen + self.written_off_fen
        return given - self.drawn_fen - self.returned_fen


def of_card(money: CardMoney, *, ours: bool, last_paid_at: datetime, now: datetime) -> Quote:
    """What the holder of a card gets back who gives it up; `ours`: the cause lies with us.

    His cause: what he paid less what he drew at list price, and the bonus lapses; a shortfall is
    not claimed. Ours: what he drew counts at the price that the bonus made it. Within seven days
    and unused: all that he paid.
    """
    unused = money.drawn_fen <= 0 and now - last_paid_at <= UNUSED_WITHIN
    drawn_fen = _drawn_at_our_cause(money) if ours else money.drawn_fen
    source = UNUSED if unused else DISCOUNTED if ours else UNDISCOUNTED
    lines = [QuoteLine("paid", money.paid_fen, source)]
    if drawn_fen:
        lines.append(QuoteLine("drawn", -drawn_fen, source))
    if money.returned_fen:
        lines.append(QuoteLine("returned", -money.returned_fen, CONTRACT))
    short_fen = -sum(line.amount_fen for line in lines)
    if short_fen > 0:
        lines.append(QuoteLine("not_claimed", short_fen, SHORTFALL))
    total_fen = max(0, -short_fen)
    return Quote(tuple(lines), max(0, money.balance_fen - total_fen), unused)


def _drawn_at_our_cause(money: CardMoney) -> int:
    """What was drawn in the customer's own money, in proportion, rounded in his favour."""
    given_fen = money.paid_fen + max(0, money.granted_fen)
    if given_fen <= 0 or money.drawn_fen <= 0:
        return money.drawn_fen
    return min(money.drawn_fen, given_fen) * money.paid_fen // given_fen


def of_order(goods_fen: int, deposit_fen: int) -> Quote:
    """Water that was paid and did not come, and the deposits for its buckets: all of it."""
    lines = [QuoteLine("goods", goods_fen, CONTRACT), QuoteLine("deposit", deposit_fen, DEPOSIT)]
    return Quote(tuple(line for line in lines if line.amount_fen))


def of_deposit(returnable_fen: int) -> Quote:
    """Deposits whose buckets are back: all of them."""
    return Quote((QuoteLine("deposit", returnable_fen, DEPOSIT),) if returnable_fen else ())
