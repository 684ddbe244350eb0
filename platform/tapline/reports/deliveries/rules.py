"""A station's day. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast orders came lately, over all stations."""

    days: int
    """Counted back from today."""
    orders: int
    half: timedelta
    """Half of them took no longer, from the payment to the door."""
    on_time: int

    @property
    def on_time_percent(self) -> int:
        """Rounded down."""
        return self.on_time * 100 // self.orders


@dataclass(frozen=True, slots=True)
class DeliveryDay:
    """What one station delivered on one business day."""

    day: date
    station_id: UUID
    station: str
    orders: int
    barrels: int
    tickets: int
    """Redeemed by these barrels."""
    on_time: int
    """Orders that came within the window promised last."""
    minutes_median: int
    """From the payment, or the tickets set aside, to the door."""
    minutes_p90: int

    @property
    def on_time_percent(self) -> int:
        """Rounded down: a day is on time when every order was."""
        return self.on_time * 100 // self.orders
