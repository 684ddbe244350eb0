"""A dispenser's clock: right by chance, until the platform has told it the time."""

import time
from datetime import UTC, datetime, timedelta, timezone

from tapline_gateway.protocol import TimeAnswer, TimeRequest

BEIJING = timezone(timedelta(hours=8))


class DeviceClock:
    """Wall time of one device, corrected as NTP does it; `source` is `rtc` or `ntp`."""

    def __init__(self) -> None:
        self._booted_s = time.monotonic()
        self._offset_ms = 0
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
        if answer.req != self._request:
            return
        there_ms, back_ms = answer.t1_ms - answer.t0_ms, answer.t2_ms - self._now_ms()
        self._offset_ms += (there_ms + back_ms) // 2
        self.source = "ntp"

    def _now_ms(self) -> int:
        return time.time_ns() // 1_000_000 + self._offset_ms
