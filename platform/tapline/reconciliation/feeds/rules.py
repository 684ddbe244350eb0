"""A machine's own facts beside what its maker's cloud says of the same sales. Pure.

The two number sales differently, so they are paired by what both saw: the card, the balance that
was left on it, the amount, the moment. The machine's word is signed and the cloud's is not: where
they differ the machine's stands, nothing is moved by itself, and a person looks where it is money.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from tapline import clock
from tapline.reconciliation.findings.rules import FindingKey, Found, device_subject
from tapline.reconciliation.model import Side

CODE = "D26"

_SAME_BALANCE = timedelta(days=1)
_SAME_AMOUNT = timedelta(minutes=10)
_SAME_MOMENT = timedelta(minutes=2)
"""How far two clocks may be apart where card and balance are the same, card and amount while a
balance is not told, or the card alone."""
_ML_OFF, _SHARE_OFF = 50, 0.05
"""Clouds round water: less than both is no difference."""
_DAY_OVER = timedelta(days=1)
"""After the end of a day a cloud has told what it will tell of it."""


class Sale(NamedTuple):
    """A sale, by whoever tells it. `number` is the machine's, or the cloud's."""

    number: int
    card_no: str | None
    amt_fen: int
    bal_after_fen: int | None
    ml: int
    moment: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Two accounts of one machine's sales over the same days."""

    device_id: str
    vendor: str
    facts: Sequence[Sale]
    reports: Sequence[Sale]
    """Versions of one sale stand side by side."""
    days: Sequence[date]
    """Those of which both accounts are here whole."""
    now: datetime
    gap: timedelta
    """So long the machine's own account may take while it is heard of."""
    offline: timedelta
    """So long while it is not."""


def differences(accounts: Accounts) -> dict[FindingKey, Found]:
    """D26 of a machine: sales that both tell and tell otherwise, and that one of them does not."""
    pairs = paired(accounts.reports, accounts.facts)
    found = dict(_told(accounts, pairs))
    return found | dict(_silent(accounts, {fact.number for fact in pairs.values()}))


def report_subject(device_id: str, ref: int) -> str:
    """A sale by the cloud's number."""
    return f"feed:{device_id}:{ref}"


def paired(reports: Sequence[Sale], facts: Sequence[Sale]) -> dict[int, Sale]:
    """The cloud's number -> the fact of the same sale, one to one; the likeliest pairs first."""
    of_card: dict[str | None, list[Sale]] = defaultdict(list)
    for fact in facts:
        of_card[fact.card_no].append(fact)
    likely = [
        (rank, abs(report.moment - fact.moment), report.number, fact)
        for report in reports
        for fact in of_card[report.card_no]
        if (rank := _likeness(report, fact)) is not None
    ]
    likely.sort(key=lambda pair: (*pair[:3], pair[3].number))
    pairs: dict[int, Sale] = {}
    taken: set[int] = set()
    for _, _, ref, fact in likely:
        if ref not in pairs and fact.number not in taken:
            pairs[ref] = fact
            taken.add(fact.number)
    return pairs


def _likeness(report: Sale, fact: Sale) -> int | None:
    """How sure it is that they are one sale, 0 the surest; None: they are not."""
    apart = abs(report.moment - fact.moment)
    same_amount = report.amt_fen == fact.amt_fen
    if report.bal_after_fen is None or fact.bal_after_fen is None:
        if same_amount and apart <= _SAME_AMOUNT:
            return 2
    elif report.bal_after_fen == fact.bal_after_fen and apart <= _SAME_BALANCE:
        return 0 if same_amount else 1
    return 3 if apart <= _SAME_MOMENT else None


def _told(accounts: Accounts, pairs: Mapping[int, Sale]) -> Iterator[tuple[FindingKey, Found]]:
    """What is wrong with what the cloud told."""
    newest = max((fact.moment for fact in accounts.facts), default=None)
    for report in accounts.reports:
        key = FindingKey(CODE, report_subject(accounts.device_id, report.number))
        fact = pairs.get(report.number)
        if fact is None:
            if _is_due(accounts, report, newest):
                yield key, _found(accounts, report.card_no, report.amt_fen, why="unknown")
        elif report.amt_fen != fact.amt_fen:
            figures = {"told_fen": report.amt_fen, "fact_fen": fact.amt_fen}
            off_fen = abs(report.amt_fen - fact.amt_fen)
            yield key, _found(accounts, fact.card_no, off_fen, fact, why="amount", **figures)
        elif abs(report.ml - fact.ml) > max(_ML_OFF, _SHARE_OFF * fact.ml):
            figures = {"told_ml": report.ml, "fact_ml": fact.ml}
            yield key, _found(accounts, fact.card_no, 0, fact, why="water", **figures)


def _is_due(accounts: Accounts, report: Sale, newest: datetime | None) -> bool:
    """Whether the machine should have told of it by now: it tells in order."""
    went_on = newest is not None and newest > report.moment + _SAME_MOMENT
    patience = accounts.gap if went_on else accounts.offline
    return accounts.now - report.received_at >= patience


def _silent(accounts: Accounts, paired_seqs: Iterable[int]) -> Iterator[tuple[FindingKey, Found]]:
    """Sales of a day that the cloud, which was heard of that day or since, never told."""
    known = set(paired_seqs)
    told_until = max((report.moment for report in accounts.reports), default=None)
    for day in accounts.days:
        over = clock.begins(day + timedelta(days=1))
        if accounts.now < over + _DAY_OVER or told_until is None or told_until < clock.begins(day):
            continue
        missing = {
            fact.number: fact.amt_fen
            for fact in accounts.facts
            if fact.number not in known and fact.amt_fen and clock.business_date(fact.moment) == day
        }
        if missing:
            amount_fen = sum(missing.values())
            counted: dict[str, Any] = {
                "day": day.isoformat(),
                "n": len(missing),
                "fact_fen": amount_fen,
            }
            key = FindingKey(CODE, device_subject(accounts.device_id, day))
            yield key, _found(accounts, None, amount_fen, why="silent", **counted)


def _found(
    accounts: Accounts,
    card_no: str | None,
    amount_fen: int,
    fact: Sale | None = None,
    **figures: Any,
) -> Found:
    return Found(
        card_no=card_no,
        amount_fen=amount_fen,
        facts={"vendor": accounts.vendor, **figures},
        needs_person=amount_fen > 0,
        device_id=accounts.device_id,
        seq=fact.number if fact else None,
        side=Side.VENDOR,
    )
