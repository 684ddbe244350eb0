"""Under which keys and on whose accounts a line's money and goods stand. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from tapline.imports.model import ImportLine
from tapline.ledger import Account, StatementLine, chart


class Expected(NamedTuple):
    """One journal that a line leads to: `figure` of its amounts, onto accounts of its customer."""

    figure: str
    key: str
    accounts: tuple[Account, ...]

    @property
    def keys(self) -> tuple[str, str]:
        """Its own, and that of its being taken back."""
        return self.key, f"rev:{self.key}"

    def amount_of(self, lines: Sequence[StatementLine]) -> int:
        """What the journals brought the customer, as their lines on his accounts say."""
        own = {(one.code, one.unit) for one in self.accounts}
        sums = {"D": 0, "C": 0}
        for line in lines:
            if (line.code, line.unit) in own and not line.pending:
                sums[line.side] += line.amount
        # Buckets at his home grow with debits; all that we owe him, and his debts undone, with
        # credits.
        sign = -1 if self.figure == "buckets" else 1
        return sign * (sums["C"] - sums["D"])


def expected(line: ImportLine) -> list[Expected]:
    """Those of a line that was applied; journals of nothing are left out."""
    if line.key is None or line.subject is None:
        return []
    noun, _, about = line.subject.partition(":")
    found: list[Expected] = []
    if line.sheet == "cards":
        own = tuple(chart.card(about))
        found = [
            Expected("principal_fen", line.key, own),
            Expected("bonus_fen", f"{line.key}:bonus", own),
        ]
    elif line.sheet == "buckets":
        found = [
            Expected("deposit_fen", line.key, (chart.bucket_deposit(about),)),
            Expected("buckets", f"{line.key}:buckets", (chart.buckets_at(about),)),
        ]
    elif line.sheet == "booklets" and noun == "tickets":
        customer, _, sku = about.partition(":")
        account = chart.tickets(customer, sku)
        found = [Expected("tickets", f"tickets:open:{line.key}", (account,))]
    return [one for one in found if line.amounts.get(one.figure)]


def own_accounts(line: ImportLine) -> list[Account]:
    """Every account on which something may have happened to what a line brought."""
    accounts = [account for one in expected(line) for account in one.accounts]
    if line.sheet == "cards" and line.subject is not None:
        accounts += chart.card(line.subject.partition(":")[2])
    if line.sheet == "booklets" and line.subject is not None:
        _, customer, sku = line.subject.split(":", 2)
        accounts.append(chart.ticket_cash(customer, sku))
    return list(dict.fromkeys(accounts))
