"""How much to settle in one transaction."""

from dataclasses import dataclass

MESSAGES_MAX = 500
_FIRST = 16
_LONG_S = 1.0


@dataclass(slots=True)
class Portion:
    """As many messages as take about a second, 500 at the most; fewer after each failure.

    Where database and broker are there for moments only, what waits grows from one to the next:
    all of it in one transaction would never live to its end, and nothing would be released again.
    """

    messages: int = _FIRST

    def went_well(self, took: int, took_s: float) -> None:
        """So many were settled, and took so long."""
        if took_s < _LONG_S:
            self.messages = min(self.messages * 2, MESSAGES_MAX)
        else:
            self.failed(took)

    def failed(self, took: int) -> None:
        """So many were too many."""
        self.messages = max(1, took // 2)
