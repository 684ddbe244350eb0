"""Double entry without a database: what a line does to a balance, and how a card pays.

**A card's split is a function of totals.** Principal pays for water first. What it lacks is lent by
the bonus, then by unheld pending_load and pending_bonus; what they lack is the receivable. A loan
is remembered (`Balance.lent`) and rising as soon as the principal can pay, so the balances depend
on what was paid in and what was drawn, never on which arrived first. It is also the law's reading:
what was consumed counts against what was paid (SPC 法释〔2025〕4号 art. 19).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from tapline.errors import ConflictError
from tapline.ledger.chart import Account, CardAccounts, Side

Phase = Literal["single", "pending", "post", "void"]


class KeyReusedError(ConflictError):
    """The idempotency key was used before, for another command."""

    code = "key_reused"


class HoldResolvedError(ConflictError):
    """The hold was posted or voided before; it resolves once."""

    code = "hold_resolved"


class InsufficientError(ConflictError):
    """A bounded account has less available than a decision asks of it."""

    code = "insufficient"


class Line(NamedTuple):
    """One entry: `amount` > 0 of the account's unit. `cover` marks a loan to the principal (D)
    or its return (C)."""

    account: Account
    side: Side
    amount: int
    cover: bool = False


@dataclass(slots=True)
class Balance:
    """The counters of one account, in its unit; `version` counts its entries."""

    side: Side
    d_posted: int = 0
    c_posted: int = 0
    d_pending: int = 0
    c_pending: int = 0
    lent: int = 0
    """Of a card's purse: what it has paid in the principal's stead and will get back."""
    version: int = 0
    account_id: int = 0
    changed: bool = False
    """Whether it was counted on since it was read."""

    @property
    def posted(self) -> int:
        """What the account holds on its own side; negative when it is overdrawn."""
        if self.side == "C":
            return self.c_posted - self.d_posted
        return self.d_posted - self.c_posted

    @property
    def held(self) -> int:
        """Reserved by pending journals that would take it away; part of `posted`."""
        return self.d_pending if self.side == "C" else self.c_pending

    @property
    def available(self) -> int:
        """What a decision may dispose of."""
        return self.posted - self.held

    def apply(self, line: Line) -> None:
        """Count a posted line."""
        self.changed = True
        if line.side == "D":
            self.d_posted += line.amount
        else:
            self.c_posted += line.amount
        if line.cover:
            self.lent += line.amount if line.side == "D" else -line.amount

    def reserve(self, side: Side, amount: int) -> None:
        """Count a pending line; a negative `amount` releases it."""
        self.changed = True
        if side == "D":
            self.d_pending += amount
        else:
            self.c_pending += amount


Balances = Mapping[Account, Balance]
_NOTHING = Balance("C")
"""Of an account that nothing was posted to."""
_OTHER: Mapping[Side, Side] = {"D": "C", "C": "D"}


class Entry(NamedTuple):
    """A line as it is stored: numbered within its account, with the posted balance after it."""

    balance: Balance
    side: Side
    amount: int
    pending: bool
    cover: bool
    account_version: int
    balance_after: int


def entered(balances: Balances, lines: Iterable[Line], *, pending: bool) -> list[Entry]:
    """Count `lines` in `balances`, in order, and return them as entries."""
    entries = []
    for line in lines:
        balance = balances[line.account]
        if pending:
            balance.reserve(line.side, line.amount)
        else:
            balance.apply(line)
        balance.version += 1
        entries.append(
            Entry(
                balance,
                line.side,
                line.amount,
                pending,
                line.cover,
                balance.version,
                balance.posted,
            )
        )
    return entries


def transfer(debit: Account, credit: Account, amount: int) -> tuple[Line, Line]:
    """The two lines that move `amount` from one side to the other."""
    return Line(debit, "D", amount), Line(credit, "C", amount)


def require(balances: Balances, account: Account, amount: int) -> None:
    """Refuse a decision that a bounded account cannot cover."""
    available = balances[account].available
    if account.bounded and amount > available:
        raise InsufficientError(
            f"{account.code} has {available} {account.unit} available, {amount} were asked for"
        )


def settled(
    card: CardAccounts, balances: Balances, legs: Sequence[Line], charge: int = 0
) -> list[Line]:
    """`legs` with the lines that make the card pay what it can and get back what it lent.

    `charge` is water drawn (or, negative, found not drawn) whose other side is among `legs`.
    """
    own = [balances.get(account, _NOTHING) for account in card]
    after = {account: balance.posted for account, balance in zip(card, own, strict=True)}
    for leg in legs:
        if leg.account in after:
            after[leg.account] += leg.amount if leg.side == leg.account.side else -leg.amount
    lent = own[1].lent + own[2].lent + own[3].lent
    due = charge + after[card.receivable] + lent
    principal = max(after[card.principal] - due, own[0].held)
    moves = [(card.principal, principal - after[card.principal], False)]
    short = due + principal - after[card.principal]
    if short or lent:
        for lender, balance in zip(card[1:4], own[1:4], strict=True):
            lends = min(short, max(after[lender] + balance.lent - balance.held, 0))
            moves.append((lender, balance.lent - lends, True))
            short -= lends
    moves.append((card.receivable, short - after[card.receivable], False))
    rising = [Line(a, a.side, gain, cover) for a, gain, cover in moves if gain > 0]
    falling = [Line(a, _OTHER[a.side], -gain, cover) for a, gain, cover in moves if gain < 0]
    return [*rising, *legs, *falling]
