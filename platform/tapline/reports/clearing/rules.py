"""What a clearing account holds, as things that somebody can look at. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from tapline.ledger import TrialRow, chart


class Actor(StrEnum):
    """Whose turn it is."""

    SYSTEM = "system"
    """Nobody's: it goes on by itself."""
    PROVIDER = "provider"
    FINANCE = "finance"
    SECOND = "second"
    """A second person, who confirms what a colleague did."""
    DESK = "desk"


class Kind(StrEnum):
    """What there is to look at."""

    FINDING = "finding"
    MACHINE = "machine"
    BILL = "bill"
    PAYOUT = "payout"
    TOPUP = "topup"
    REFUND = "refund"
    ADJUSTMENT = "adjustment"
    PAYMENTS = "payments"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that an account holds; amount in fen on the account's own side."""

    subject: str
    """What it is, short: a machine's record, a day, a number."""
    why: str
    """A code: what it waits for."""
    actor: Actor
    since: datetime
    amount_fen: int
    kind: Kind
    ref: str
    """The id of what there is to look at."""
    matter: str
    """As the ledger calls what it belongs to."""
    words: str = ""
    """What a person wrote about it."""


@dataclass(frozen=True, slots=True)
class Explained:
    """An account with what it holds, the oldest first."""

    row: TrialRow
    items: Sequence[Item]

    @property
    def unexplained_fen(self) -> int:
        """What nothing accounts for: 0 unless somebody must look."""
        return self.row.balance - sum(item.amount_fen for item in self.items)

    @property
    def since(self) -> datetime | None:
        """How old the oldest of it is; None where nothing explains it."""
        return min((item.since for item in self.items), default=None)


def is_clearing(code: str) -> bool:
    """Whether an account should come to nothing in the end."""
    return any(
        code.startswith(pattern[:-1]) if pattern.endswith("%") else code == pattern
        for pattern in chart.CLEARING
    )


def netted(items: Iterable[Item]) -> list[Item]:
    """Items with what was moved by hand about the same matter taken off; what comes to nothing is
    gone. Oldest first."""
    ordered = sorted(items, key=lambda one: (one.matter, one.kind is Kind.ADJUSTMENT, one.since))
    rest = []
    for _, same in groupby(ordered, key=lambda one: one.matter):
        of_matter = list(same)
        if any(one.kind is Kind.ADJUSTMENT for one in of_matter):
            total = sum(one.amount_fen for one in of_matter)
            of_matter = [replace(of_matter[0], amount_fen=total)]
        rest += [one for one in of_matter if one.amount_fen]
    return sorted(rest, key=lambda one: (one.since, one.subject))


def unsettled(days: Sequence[Item], out_fen: int) -> list[Item]:
    """What is left of `days` of money coming in, oldest first, after `out_fen` went out: a provider
    settles day by day. What went out beyond all of it stands on the last day."""
    rest = []
    for day in days:
        taken = min(max(day.amount_fen, 0), max(out_fen, 0))
        out_fen -= taken
        rest.append(replace(day, amount_fen=day.amount_fen - taken))
    if out_fen and rest:
        rest[-1] = replace(rest[-1], amount_fen=rest[-1].amount_fen - out_fen)
    return [day for day in rest if day.amount_fen]


def ordered(accounts: Iterable[Explained]) -> list[Explained]:
    """Those that nobody can explain first, then the oldest."""

    def rank(one: Explained) -> tuple[bool, float, str]:
        since = one.since.timestamp() if one.since else 0.0
        return (one.unexplained_fen == 0, since, one.row.code)

    return sorted(accounts, key=rank)


def by_actor(accounts: Iterable[Explained]) -> Mapping[Actor, int]:
    """How many things wait for each."""
    waiting = dict.fromkeys(Actor, 0)
    for account in accounts:
        for item in account.items:
            waiting[item.actor] += 1
    return waiting
