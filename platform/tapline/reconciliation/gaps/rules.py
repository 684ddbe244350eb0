"""When a missing run is asked for again."""

from datetime import datetime, timedelta

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
