"""What carries a foreign machine's records to the platform, whichever its maker is."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from tapline_gateway.protocol import (
    Command,
    CommandStatus,
    DeviceEvent,
    Fact,
    Totals,
    format_ts,
    parse_ts,
)
from tapline_sim.device_clock import BEIJING


class Bells(NamedTuple):
    """What a machine wants to hear: that it may speak, which of its records are stored, and what
    it is to do."""

    ready: Callable[[], None]
    stored: Callable[[int], None]
    ordered: Callable[[Command], None]


class Carrier(Protocol):
    """One machine's way to the platform. `online` says whether it can speak now."""

    online: bool

    def open(self) -> None:
        """Connect, and stay connected."""

    def send(self, fact: Fact) -> None:
        """Tell one record; `stored` rings when the platform has it."""

    def totals(self, totals: Totals) -> None:
        """Tell the lifetime counters, where the language has them."""

    def alarm(self, event: DeviceEvent) -> bool:
        """Tell an alarm, where the language has them; True while it has to be told again."""

    def report(self, status: CommandStatus) -> None:
        """Tell how an order went, where the language has orders."""

    def restart(self) -> None:
        """Lose the connection, as with the power, and come back."""

    def leave(self) -> None:
        """Say goodbye."""

    @property
    def gone(self) -> bool:
        """Whether nothing is open any more."""


def wall_clock(fact: Fact) -> datetime:
    """The local time of a record, which knows no zone."""
    moment = datetime.now(UTC) if fact.ts is None else parse_ts(fact.ts)
    return moment.astimezone(BEIJING).replace(tzinfo=None)


def until_ts(wall: datetime) -> str:
    """The moment behind a wall clock, as our contract says it."""
    return format_ts(wall.replace(tzinfo=BEIJING))


def yuan(amount_fen: int | None) -> str:
    """Fen as text in yuan, with two decimals."""
    whole, cents = divmod(amount_fen or 0, 100)
    return f"{whole}.{cents:02}"
