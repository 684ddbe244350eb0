"""What makes a copy of an old frame harmless. Pure: the caller keeps what was seen before."""

from bisect import insort
from datetime import datetime

from tapline_gateway.protocol.messages import Hello, PresenceState, State, Totals, TotalsReport
from tapline_gateway.protocol.moments import read_ts

_FINAL = (PresenceState.OFFLINE, PresenceState.LOST)


def presence_is_news(seen: State | None, said: State) -> bool:
    """Whether `said` changes what is known: a later (boot, conn), or the end of the present one.

    At an equal (boot, conn), `offline` and `lost` are final: an `online` after them is a copy.
    """
    if seen is None:
        return True
    before, after = (seen.boot, seen.conn), (said.boot, said.conn)
    if before == after:
        return seen.s not in _FINAL and said.s in _FINAL
    return after > before


def hello_is_current(seen: tuple[int, int] | None, said: Hello) -> bool:
    """Whether (boot, seq_head) has not fallen below the last one seen."""
    return seen is None or (said.boot, said.seq_head) >= seen


def totals_hold(seen: Totals | None, said: Totals | TotalsReport) -> bool:
    """Whether no lifetime counter has fallen."""
    return seen is None or (said.n >= seen.n and said.fen >= seen.fen and said.ml >= seen.ml)


def is_alive(exp: str | None, now: datetime) -> bool:
    """Whether `exp` lies ahead. Without one that can be read, no: what has no end is not done."""
    moment = read_ts(exp)
    return moment is not None and now < moment


class TelemetryWindow:
    """Each (boot, up_ms) of one device once, whatever the order; older than the window is late.

    It remembers the latest `size` in memory; what must hold across a restart needs a unique key.
    """

    def __init__(self, size: int = 64) -> None:
        self._size = size
        self._seen: list[tuple[int, int]] = []

    def admit(self, boot: int, up_ms: int) -> bool:
        """True the first time."""
        key = (boot, up_ms)
        if key in self._seen or (len(self._seen) >= self._size and key < self._seen[0]):
            return False
        insort(self._seen, key)
        del self._seen[: -self._size]
        return True
