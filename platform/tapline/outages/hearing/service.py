from datetime import datetime, timedelta
from typing import Final, NamedTuple

from tapline import clock
from tapline.outages.hearing.model import Hearing
from tapline.outages.hearing.repository import HearingRepository
from tapline.uow import UnitOfWork

GATEWAY: Final = "gateway"
"""Whoever reads the broker."""
WATCH: Final = "watch"
"""Whoever looks for machines that have gone dark: also that may have stood still."""
_BREAK = timedelta(seconds=45)
"""Who has not said for so long that he listens did not: he says so every ten seconds, and a broken
line to the broker is noticed within another thirty."""


class Ear(NamedTuple):
    """What is known of a listener at a moment."""

    since: datetime | None
    """Since when he has listened without a break; None where he does not, or never did."""
    heard_until: datetime | None
    """When he was last known to; None where he never did."""


def note(uow: UnitOfWork, *, listener: str, anew: bool = False) -> None:
    """This listener listens at this moment, and did since the last time unless that is too long
    ago, or he says that he begins `anew`: after a restart of the broker, however short."""
    hearings, now = HearingRepository(uow), clock.now()
    hearings.be_alone(listener)
    last = hearings.last(listener, now)
    if last is not None and not anew and now - last.heard_until <= _BREAK:
        last.heard_until = max(last.heard_until, now)
    else:
        hearings.add(Hearing(listener=listener, began_at=now, heard_until=now))


def ear(uow: UnitOfWork, *, listener: str = GATEWAY) -> Ear:
    """Whether this listener listens now, and since when."""
    now = clock.now()
    last = HearingRepository(uow).last(listener, now)
    if last is None:
        return Ear(None, None)
    listens = now - last.heard_until <= _BREAK
    return Ear(last.began_at if listens else None, last.heard_until)
