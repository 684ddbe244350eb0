"""Which entries of an issuer's account are claimed in which settlement. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from tapline import clock
from tapline.cards.issuers.settlements.model import LineKind
from tapline.ledger import StatementLine

_OF_FACTS = ("dev", "restate", "fix", "restored")


class FactName(NamedTuple):
    """A device and the number that it gave."""

    device_id: str
    seq: int


@dataclass(frozen=True, slots=True)
class Claimable:
    """An entry that the issuer is asked to pay, or to take off. `amount_fen` has its sign."""

    key: str
    kind: LineKind
    fact: FactName
    entry: StatementLine
    amount_fen: int

    @property
    def day(self) -> date:
        """The business date that it belongs to: never a day that had not come when it arrived,
        whatever a machine's clock said."""
        return clock.business_date(min(self.entry.event_at, self.entry.recorded_at))


def fact_of(key: str) -> FactName | None:
    """The fact that a journal was posted for, by its key."""
    origin, _, rest = key.partition(":")
    if origin not in _OF_FACTS:
        return None
    device_id, seq = rest.split(":")[:2]
    return FactName(device_id, int(seq))


def claimable(entry: StatementLine) -> Claimable | None:
    """An entry as a line, or None: payments and losses are no lines."""
    fact = fact_of(entry.key)
    if fact is None or entry.pending:
        return None
    signed = entry.amount if entry.side == "D" else -entry.amount
    kind = LineKind.POUR if entry.key.startswith("dev:") else LineKind.CORRECTION
    return Claimable(entry.key, kind, fact, entry, signed)


class Choice(NamedTuple):
    """What goes into a settlement, and up to which version nothing is left to claim after it."""

    chosen: list[Claimable]
    read_through: int


def choose(
    entries: Iterable[StatementLine],
    *,
    claimed: Collection[str],
    period_to: date,
    read_through: int,
) -> Choice:
    """Choose among the entries beyond `read_through` those of days up to `period_to`.

    In order of their versions. What was `claimed` before is passed over.
    """
    chosen: list[Claimable] = []
    through, complete = read_through, True
    for entry in sorted(entries, key=lambda one: one.version):
        line = claimable(entry)
        waits = line is not None and line.key not in claimed and line.day > period_to
        complete = complete and not waits
        if complete:
            through = entry.version
        if line is not None and not waits and line.key not in claimed:
            chosen.append(line)
    return Choice(chosen, through)


def commission_fen(total_fen: int, permille: int) -> int:
    """What the issuer keeps of a total, rounded towards nothing."""
    share = abs(total_fen) * permille // 1000
    return share if total_fen >= 0 else -share


def period_from(previous_to: date | None, period_to: date, first: date) -> date:
    """Where a period begins: after the one before, or as that did where it is settled again."""
    if previous_to is None:
        return min(first, period_to)
    return min(previous_to + timedelta(days=1), period_to)


def last_month_end(today: date) -> date:
    """The last day of the month before."""
    return today.replace(day=1) - timedelta(days=1)


def total(lines: Sequence[Claimable]) -> int:
    """What lines come to, in fen."""
    return sum(line.amount_fen for line in lines)
