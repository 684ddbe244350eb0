"""The customers: each card is in one place at a time, wanders, and goes home when it is empty."""

import time
from collections.abc import Mapping
from random import Random
from types import MappingProxyType
from typing import NamedTuple

from tapline_sim.duty import Duties, Stage
from tapline_sim.purse import Purse, Purses, Stop

REST_S = 3.0  # from one dispenser to the next
SAME_NOZZLE_S = 65.0  # two pours of a card on a nozzle within a minute would be a double charge
TURNED_AWAY_S = 5.0  # until a card that was refused is tried at another dispenser
TRIES = 8


class Visit(NamedTuple):
    """A customer with this card stands at this nozzle."""

    card: str
    nozzle: int


class Crowd:
    """Who is free to pour. Cards that owe the plan a tap come first.

    A card of `appointments` (card -> device) does not go to its device before it is invited there.
    """

    def __init__(
        self,
        purses: Purses,
        duties: Duties,
        chance: Random,
        *,
        least_fen: int,
        appointments: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._purses = purses
        self._duties = duties
        self._chance = chance
        self._least_fen = least_fen
        self._idle = purses.numbers()
        self._places = {no: place for place, no in enumerate(self._idle)}
        self._appointments = dict(appointments)
        self._invited: set[str] = set()
        self._refused_s: dict[str, float] = {}

    def arrive(self, device_id: str, nozzles: int, *, owing_only: bool) -> Visit | None:
        """The next customer of a dispenser, taken out of the crowd; None when nobody comes."""
        for no in self._candidates(owing_only=owing_only):
            if not self._welcome(no, device_id):
                continue
            if not self._purses[no].is_online and self._purses[no].balance_fen < self._least_fen:
                self._take(no)  # goes home, and does not come back
                self._invited.discard(no)
                continue
            free = free_nozzles(self._purses[no], device_id, nozzles, time.time())
            if free:
                self._take(no)
                if no in self._invited:
                    self._invited.remove(no)
                    del self._appointments[no]
                return Visit(no, self._chance.choice(free))
        return None

    def turn_away(self, visit: Visit) -> None:
        """The customer walks away without water, and does not try again at once."""
        self._refused_s[visit.card] = time.monotonic()
        self.leave(visit)

    def awaited(self, device_id: str) -> bool:
        """Whether a card was invited to this dispenser and has not come yet."""
        return any(self._appointments[no] == device_id for no in self._invited)

    def invite(self, no: str) -> None:
        """Let a card of `appointments` go to its device now, once, and until then to no other."""
        if no in self._appointments:
            self._invited.add(no)

    def leave(self, visit: Visit) -> None:
        """The customer walks away, and may come to any dispenser."""
        self._places[visit.card] = len(self._idle)
        self._idle.append(visit.card)

    def _welcome(self, no: str, device_id: str) -> bool:
        if no in self._invited:
            return self._appointments[no] == device_id
        refused_s = self._refused_s.get(no, float("-inf"))
        rested = time.monotonic() - refused_s >= TURNED_AWAY_S
        return rested and self._appointments.get(no) != device_id

    def _candidates(self, *, owing_only: bool) -> list[str]:
        invited = [no for no in self._invited if no in self._places]
        owing = [
            duty.card
            for duty in self._duties
            if duty.stage is Stage.AWAITS_SEQUEL and duty.card in self._places
        ]
        if owing_only or not self._idle:
            return owing
        passers_by = self._chance.sample(self._idle, min(TRIES, len(self._idle)))
        # Regulars first: most pours of a real dispenser come from a few of its cards.
        return owing + invited + sorted(passers_by, key=lambda no: self._purses[no].taps == 0)

    def _take(self, no: str) -> None:
        place = self._places.pop(no, None)
        if place is None:
            return
        last = self._idle.pop()
        if last != no:
            self._idle[place] = last
            self._places[last] = place


def free_nozzles(purse: Purse, device_id: str, nozzles: int, now_s: float) -> list[int]:
    """The nozzles of a dispenser where this card may pour at `now_s` (Unix seconds)."""
    if purse.stops and now_s - purse.stops[-1].at_s < REST_S:
        return []
    recent = {stop.nozzle for stop in recent_stops(purse, now_s) if stop.device_id == device_id}
    return [nozzle for nozzle in range(1, nozzles + 1) if nozzle not in recent]


def recent_stops(purse: Purse, now_s: float) -> tuple[Stop, ...]:
    """Where the card poured so lately that it must not pour there again."""
    return tuple(stop for stop in purse.stops if now_s - stop.at_s < SAME_NOZZLE_S)
