"""What a close asks, without a database."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from tapline import clock
from tapline.errors import ConflictError, InvalidError
from tapline.ledger.chart import Side


class UnexplainedError(ConflictError):
    """A clearing account has held something too long, and nobody has said why."""

    code = "unexplained"


class Break(NamedTuple):
    """What a clearing or suspense account still holds of one subject, in the account's unit."""

    code: str
    subject: str
    amount: int
    since: datetime
    reason: str | None
    """Why, as a person said at an earlier close."""

    @property
    def key(self) -> tuple[str, str]:
        """What names it: account and subject."""
        return self.code, self.subject

    def listed(self, reason: str) -> dict[str, Any]:
        """As it is written down with a close."""
        return {
            "code": self.code,
            "subject": self.subject,
            "amount": self.amount,
            "since": self.since.isoformat(),
            "reason": reason,
        }


class Asserted(NamedTuple):
    """What an account moved on a closed day, and its posted balance at the end, in its unit."""

    code: str
    unit: str
    debit: int
    credit: int
    balance: int
    entries: int


class Restated(NamedTuple):
    """What later journals posted to an account about a day that was closed by then."""

    code: str
    unit: str
    side: Side
    debit: int
    credit: int
    entries: int


def overdue(breaks: Iterable[Break], day: date, days_max: int) -> list[Break]:
    """The breaks that at the end of `day` were older than `days_max` days."""
    oldest = day - timedelta(days=days_max)
    return [one for one in breaks if clock.business_date(one.since) < oldest]


def explained(
    breaks: Iterable[Break], reasons: Mapping[tuple[str, str], str]
) -> list[tuple[Break, str]]:
    """Each break with its reason: a new one from `reasons`, else the one that stands.

    Raises:
        UnexplainedError: one has neither.
    """
    told = [(one, reasons.get(one.key, "").strip() or one.reason) for one in breaks]
    if silent := [one for one, reason in told if not reason]:
        first = silent[0]
        raise UnexplainedError(
            f"{len(silent)} breaks have no reason, first {first.subject} with {first.amount} on"
            f" {first.code}: say why each is still there, then close the day"
        )
    return [(one, reason) for one, reason in told if reason]


def require_next(day: date, due: date | None, today: date) -> None:
    """Refuse a day that is not the next to close: days are closed in order, once, when over."""
    if day >= today:
        raise InvalidError(f"{day} is not over yet: only past days are closed")
    if due is None:
        raise InvalidError("nothing was ever posted: there is no day to close")
    if day < due:
        raise ConflictError(f"{day} is closed or before the first posting; next is {due}")
    if day > due:
        raise ConflictError(f"{due} is not closed yet: days are closed in order")
