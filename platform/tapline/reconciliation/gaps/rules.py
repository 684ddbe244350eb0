"""When a missing run is asked for again."""

from datetime import datetime, timedelta
from enum import StrEnum

ANSWER_S = 120
"""How long a device may take to send what it was asked for; then a gap is asked for again."""

RELEASED_ANSWER_S = 7 * 24 * 3600
"""The same for facts that we had released: no gap is left that would have them asked for again, so
the question stays open as long as a device's session does."""

_PAUSE_MAX_S = 6 * 3600


def is_due(*, asked: int, last_asked_at: datetime, gap_s: int, now: datetime) -> bool:
    """Whether a run asked for `asked` times is asked for again: the pause doubles each time."""
    pause_s = min(gap_s * 2 ** min(asked, 20), _PAUSE_MAX_S)
    return now - last_asked_at >= timedelta(seconds=pause_s)


_ASKED_ENOUGH = 3
"""So often in vain; the pauses in between grow."""


class Ended(StrEnum):
    """How a missing run ended."""

    CAME = "came"
    LOST = "lost"
    """What did not come the device has declared gone."""


def ended(*, length: int, stored: int, lost: int) -> Ended | None:
    """How a run of `length` numbers ended, of which so many are stored, and so many are not and
    were declared lost; None while it waits."""
    if stored >= length:
        return Ended.CAME
    return Ended.LOST if stored + lost >= length else None


def is_overdue(
    *, asked: int, found_at: datetime, is_online: bool, ticket_s: int, now: datetime
) -> bool:
    """Whether a run that a machine with a line was asked for again and again is for a person."""
    patient = now - found_at < timedelta(seconds=ticket_s)
    return is_online and asked >= _ASKED_ENOUGH and not patient
