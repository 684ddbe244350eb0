"""Service figures with their definitions, which are shown beside them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tapline.hotline.calls.model import Direction, Outcome

SHORT_S = 5
"""Who gives up sooner was never waiting: counted apart."""
LEVEL_S = 20
"""The service level counts who was answered within this time."""

_GIVEN_UP = {Outcome.ABANDONED_QUEUE, Outcome.ABANDONED_RING}
_BLOCKED = {Outcome.REJECTED_CAP, Outcome.REJECTED_SUSPENDED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """What figures need to know of one call that has ended. Durations in seconds."""

    direction: Direction
    outcome: Outcome
    queued: bool
    wait_s: int
    talk_s: int
    ended_at: datetime | None
    disposed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One day. Rates are None where nothing was counted; times are means in seconds."""

    arrived: int
    """Every call to the number, refused ones included."""
    offered: int
    """Those that came to a queue."""
    answered: int
    abandoned: int
    """The caller hung up while he waited or a telephone rang, after five seconds or more."""
    abandoned_short: int
    """The same within five seconds."""
    abandoned_ivr: int
    self_served: int
    call_backs: int
    """Callers who were promised a call."""
    call_backs_reached: int
    """Call-backs of the day in which somebody talked."""
    blocked: int
    """Refused because of a limit or a suspended number."""
    blacklisted: int
    connection_rate: float | None
    """answered / (offered - abandoned_short + blocked)"""
    recovered_rate: float | None
    """(answered + call_backs_reached) / the same, at most 1"""
    service_level: float | None
    """Answered within 20 s / (offered - abandoned_short)"""
    asa_s: float | None
    """Mean wait of those answered."""
    aht_s: float | None
    """Mean of talk, hold and wrap-up of those answered; wrap-up ends with the disposition."""


def figures_of(calls: Sequence[Handled], *, wrap_up_max_s: int) -> Figures:
    """The figures of some calls; who says nothing after a call wraps up for `wrap_up_max_s`."""
    inbound = [call for call in calls if call.direction is Direction.IN]
    reached = sum(
        call.direction is Direction.OUT and call.outcome is Outcome.ANSWERED for call in calls
    )
    offered = [call for call in inbound if call.queued]
    answered = [call for call in inbound if call.outcome is Outcome.ANSWERED]
    given_up = [call for call in inbound if call.outcome in _GIVEN_UP]
    short = sum(call.wait_s < SHORT_S for call in given_up)
    blocked = sum(call.outcome in _BLOCKED for call in inbound)
    patient = len(offered) - short
    counted = patient + blocked
    return Figures(
        arrived=len(inbound),
        offered=len(offered),
        answered=len(answered),
        abandoned=len(given_up) - short,
        abandoned_short=short,
        abandoned_ivr=_count(inbound, Outcome.ABANDONED_IVR),
        self_served=_count(inbound, Outcome.SELF_SERVED),
        call_backs=_count(inbound, Outcome.CALLBACK_REGISTERED),
        call_backs_reached=reached,
        blocked=blocked,
        blacklisted=_count(inbound, Outcome.REJECTED_BLACKLIST),
        connection_rate=_share(len(answered), counted),
        recovered_rate=_share(min(len(answered) + reached, counted), counted),
        service_level=_share(sum(call.wait_s <= LEVEL_S for call in answered), patient),
        asa_s=_share(sum(call.wait_s for call in answered), len(answered)),
        aht_s=_share(
            sum(call.talk_s + _wrap_s(call, wrap_up_max_s) for call in answered), len(answered)
        ),
    )


def _count(calls: Sequence[Handled], outcome: Outcome) -> int:
    return sum(call.outcome is outcome for call in calls)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _wrap_s(call: Handled, most_s: int) -> int:
    if call.ended_at is None or call.disposed_at is None:
        return most_s
    spent_s = int((call.disposed_at - call.ended_at).total_seconds())
    return min(max(spent_s, 0), most_s)
