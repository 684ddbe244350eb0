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
UNDUE = "民法典 985"


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
    employer_fen: int = 0
    """What an enterprise has put on the card and nobody drank: it goes back there."""
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
    """Water at list price, here or at another operator's machine, less what was put right."""
    returned_fen: int
    written_off_fen: int
    allotted_fen: int = 0
    """By enterprises, less what they took back. It pays for water before the holder's own money."""

    @classmethod
    def of(cls, counterparts: Mapping[str, int]) -> "CardMoney":
        """Read it off what other accounts gave the card."""

        def by(*accounts: str) -> int:
            return sum(fen for code, fen in counterparts.items() if code.startswith(accounts))

        granted, written_off = by(chart.BONUS.code), by(chart.CLOSING_LOSS.code)
        # Water that we bear, somebody else having drawn it or out of goodwill, was not drawn.
        drawn, returned = (
            -by("rev:", chart.INTEROP_DUE_TO, chart.FRAUD.code, chart.GOODWILL.code),
            -by(chart.REFUND_PAYABLE.code),
        )
        allotted = by("enterprise:")
        balance = sum(counterparts.values())
        paid = balance + drawn + returned - granted - written_off - allotted
        return cls(paid, granted, drawn, returned, written_off, allotted)

    @property
    def balance_fen(self) -> int:
        """What the card is worth now; negative when its holder owes us."""
        given = self.paid_fen + self.granted_fen + self.written_off_fen + self.allotted_fen
        return given - self.drawn_fen - self.returned_fen

    @property
    def employed_fen(self) -> int:
        """The water that enterprises paid for."""
        return max(0, min(self.allotted_fen, self.drawn_fen))

    @property
    def employer_fen(self) -> int:
        """What is left of the enterprises' money."""
        return max(0, self.allotted_fen - self.employed_fen)


def of_card(money: CardMoney, *, ours: bool, last_paid_at: datetime, now: datetime) -> Quote:
    """What the holder of a card gets back who gives it up; `ours`: the cause lies with us.

    His cause: what he paid less what he drew at list price, and the bonus lapses; a shortfall is
    not claimed. Ours: what he drew counts at the price that the bonus made it. Within seven days
    and unused: all that he paid.
    """
    unused = money.drawn_fen <= 0 and now - last_paid_at <= UNUSED_WITHIN
    source = UNUSED if unused else DISCOUNTED if ours else UNDISCOUNTED
    lines = _own_lines(money, ours=ours, source=source)
    total_fen = sum(line.amount_fen for line in lines)
    rest_fen = max(0, money.balance_fen - total_fen)
    employer_fen = min(rest_fen, money.employer_fen)
    return Quote(tuple(lines), rest_fen - employer_fen, employer_fen, unused)


def of_part(money: CardMoney, *, free_fen: int, wanted_fen: int | None) -> Quote:
    """What the holder of a card that lives on gets back of it, at his own cause.

    `free_fen` is what of his money can be had now: for a purse, what is not written on it.
    `wanted_fen` is what he asks for; None: all that he can have.
    """
    lines = _own_lines(money, ours=False, source=UNDISCOUNTED)
    own_fen = sum(line.amount_fen for line in lines)
    most_fen = min(own_fen, max(0, free_fen))
    total_fen = most_fen if wanted_fen is None else min(most_fen, wanted_fen)
    if total_fen < own_fen:
        lines.append(QuoteLine("kept", total_fen - own_fen, CONTRACT))
    return Quote(tuple(lines))


def of_load(money: CardMoney, *, left_fen: int, free_fen: int, fresh: bool) -> Quote:
    """What of one top-up goes back: `left_fen` of it has not, `free_fen` is not used.

    `fresh`: it was paid within the last seven days.
    """
    own_fen = sum(line.amount_fen for line in _own_lines(money, ours=False, source=UNUSED))
    total_fen = max(0, min(left_fen, free_fen, own_fen))
    unused = fresh and total_fen == left_fen
    source = UNUSED if unused else UNDISCOUNTED
    lines = [QuoteLine("topup", left_fen, source)]
    if total_fen < left_fen:
        lines.append(QuoteLine("used", total_fen - left_fen, source))
    return Quote(tuple(lines), unused=unused)


def of_stranded(amount_fen: int) -> Quote:
    """A top-up that no card got: all of it."""
    return _all(QuoteLine("topup", amount_fen, CONTRACT))


def of_second_payment(amount_fen: int) -> Quote:
    """What was paid for something that was paid already: all of it."""
    return _all(QuoteLine("paid_again", amount_fen, UNDUE))


def _all(line: QuoteLine) -> Quote:
    return Quote((line,) if line.amount_fen else ())


def _own_lines(money: CardMoney, *, ours: bool, source: str) -> list[QuoteLine]:
    """The holder's own money, line by line; together never below zero."""
    drawn_fen = _drawn_at_our_cause(money) if ours else money.drawn_fen
    lines = [QuoteLine("paid", money.paid_fen, source)]
    if drawn_fen:
        lines.append(QuoteLine("drawn", -drawn_fen, source))
    if money.employed_fen:
        lines.append(QuoteLine("employer", money.employed_fen, CONTRACT))
    if money.returned_fen:
        lines.append(QuoteLine("returned", -money.returned_fen, CONTRACT))
    short_fen = -sum(line.amount_fen for line in lines)
    if short_fen > 0:
        lines.append(QuoteLine("not_claimed", short_fen, SHORTFALL))
    return lines


def _drawn_at_our_cause(money: CardMoney) -> int:
    """What was drawn in the customer's own money, in proportion, rounded in his favour; and what
    enterprises paid of it, at list price."""
    own_drawn_fen = money.drawn_fen - money.employed_fen
    given_fen = money.paid_fen + max(0, money.granted_fen)
    if given_fen <= 0 or own_drawn_fen <= 0:
        return money.drawn_fen
    own_fen = min(own_drawn_fen, given_fen) * money.paid_fen // given_fen
    return own_fen + money.employed_fen


def of_order(goods_fen: int, deposit_fen: int) -> Quote:
    """Water that was paid and did not come, and the deposits for its buckets: all of it."""
    lines = [QuoteLine("goods", goods_fen, CONTRACT), QuoteLine("deposit", deposit_fen, DEPOSIT)]
    return Quote(tuple(line for line in lines if line.amount_fen))


def of_tickets(worth_fen: int, *, dearer_fen: int, unused: bool) -> Quote:
    """Tickets that are not used: what was paid for them, each at the average of those in hand.

    `dearer_fen` is what those used of the booklet begun count more, where policy counts them by
    the barrel. `unused`: none was used, and all were paid within the last seven days.
    """
    source = UNUSED if unused else CONTRACT
    lines = [QuoteLine("tickets", worth_fen, source)]
    if dearer_fen:
        lines.append(QuoteLine("used_by_barrel", -min(dearer_fen, worth_fen), UNDISCOUNTED))
    return Quote(tuple(line for line in lines if line.amount_fen), unused=unused)


def of_deposit(returnable_fen: int) -> Quote:
    """Deposits whose buckets are back: all of them."""
    return _all(QuoteLine("deposit", returnable_fen, DEPOSIT))
