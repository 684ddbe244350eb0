"""A dispenser's clock: right by chance, until the platform has told it the time."""

import time
from datetime import UTC, datetime, timedelta, timezone

from tapline_gateway.protocol import TimeAnswer, TimeRequest
from tapline_sim.scenario import ClockFault

BEIJING = timezone(timedelta(hours=8))


RIGHT = ClockFault()
WRONG_MS = 5 * 60_000
"""So far off a time contradicts what is known without it."""


class DeviceClock:
    """Wall time of one device, corrected as NTP does it; `source` is `rtc` or `ntp`."""

    __slots__ = ("_booted_s", "_drift", "_is_deaf", "_offset_ms", "_request", "source")

    def __init__(self, fault: ClockFault = RIGHT) -> None:
        self._booted_s = time.monotonic()
        self._drift = fault.drift_ppm / 1e6
        self._is_deaf = fault.deaf
        self._offset_ms = round(1000 * fault.offset_s)
        self._request = 0
        self.source = "rtc"

    @property
    def up_ms(self) -> int:
        """Milliseconds since this boot."""
        return int((time.monotonic() - self._booted_s) * 1000)

    def now(self) -> datetime:
        """The device's idea of the present moment, with the offset of Beijing."""
        return datetime.fromtimestamp(self._now_ms() / 1000, UTC).astimezone(BEIJING)

    def question(self) -> TimeRequest:
        """Ask for the time; only the answer to the latest question counts."""
        self._request += 1
        return TimeRequest(req=self._request, t0_ms=self._now_ms())

    def correct(self, answer: TimeAnswer) -> None:
        """Set the clock by an answer, halving the way there and back."""
        if self._is_deaf or answer.req != self._request:
            return
        there_ms, back_ms = answer.t1_ms - answer.t0_ms, answer.t2_ms - self._now_ms()
        self._offset_ms += (there_ms + back_ms) // 2
        self.source = "ntp"

    def jump(self, seconds: float) -> None:
        """The clock leaps, and does not know it."""
        self._offset_ms += round(1000 * seconds)

    def restart(self) -> None:
        """Another boot: uptime begins anew, the battery keeps the time."""
        drifted_ms = self._drifted_ms()
        self._booted_s = time.monotonic()
        self._offset_ms += drifted_ms

    @property
    def is_wrong(self) -> bool:
        """Whether it is so far off that its times cannot be true."""
        return abs(self._offset_ms + self._drifted_ms()) > WRONG_MS

    def _drifted_ms(self) -> int:
        return round(self._drift * self.up_ms)

    def _now_ms(self) -> int:
        return time.time_ns() // 1_000_000 + self._offset_ms + self._drifted_ms()
