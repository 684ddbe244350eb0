"""What may be planned, and what of it was announced in time. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from tapline.errors import InvalidError
from tapline.outages.spans import Span, common, merged
from tapline.policy import Policy

REASON_MAX = 200
_LONGEST = timedelta(days=31)
_LAG = timedelta(minutes=15)
"""So long ago works may have begun when somebody writes them down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a form asks for."""

    starts_at: datetime
    ends_at: datetime
    reason: str
    device_ids: tuple[str, ...] = ()
    """Empty: every machine of the site."""


class Announced(Protocol):
    """An entry of a plan."""

    starts_at: datetime
    ends_at: datetime
    at: datetime


def check(wish: Wish, now: datetime) -> None:
    """Refuse what cannot be planned.

    Raises:
        InvalidError: it ends before it begins, lies behind us, lasts for months, or has no reason.
    """
    if not 1 <= len(wish.reason.strip()) <= REASON_MAX:
        raise InvalidError(f"say what is done, in 1 to {REASON_MAX} characters: residents read it")
    if wish.ends_at <= wish.starts_at:
        raise InvalidError("it ends before it begins: check the times")
    if wish.starts_at < now - _LAG:
        raise InvalidError("it began in the past: what is not announced before is not planned")
    if wish.ends_at - wish.starts_at > _LONGEST:
        raise InvalidError(f"longer than {_LONGEST.days} days: plan it in parts")


def notice_s(span: Span, policy: Policy) -> int:
    """How long before it must be announced, in seconds: works that are long need time ahead.

    Source: 「维修停水时间超过4小时…提前将停水时间、地点等告知」.
    """
    return policy.planned_notice_s if span.lasted_s > policy.planned_long_s else 0


def is_late(starts_at: datetime, ends_at: datetime, made_at: datetime, policy: Policy) -> bool:
    """Whether works of these times, announced at `made_at`, are announced too late."""
    needed = timedelta(seconds=notice_s(Span(starts_at, ends_at), policy))
    return made_at + needed > starts_at


def announced_in_time(
    starts_at: datetime, ends_at: datetime, entries: Iterable[Announced], policy: Policy
) -> list[Span]:
    """The part of works from `starts_at` to `ends_at` that was announced early enough.

    Moment by moment: each must lie in works that were announced so long before it as works of
    that length need. Works that are prolonged while they go on are thus planned up to the end
    that was first announced, and from then on where the new one was told early enough.
    """
    told = []
    for one in entries:
        said = Span(one.starts_at, one.ends_at)
        from_ = max(one.starts_at, one.at + timedelta(seconds=notice_s(said, policy)))
        told.append(Span(from_, max(from_, one.ends_at)))
    return common([Span(starts_at, ends_at)], merged(told))
