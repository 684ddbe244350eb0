"""How much telemetry one device may bring: who floods loses readings, and nobody else does.

What is over a share is dropped before its signature is looked at, which is most of what a reading
costs until it is stored. It is counted, and once an hour a dead letter says how much it was.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tapline.devices.messages import Refusal
from tapline_gateway.link import Arrival
from tapline_gateway.protocol import Nack, NackAct, NackCode, Topic
from tapline_gateway.reading import Answer, Refused

READINGS_S = 5.0
READINGS = 6_000
"""At once: a reading every five seconds of a night without a line."""
_TOLD_EVERY_S = 3600.0
_RETRY_S = 60


@dataclass(slots=True)
class _Share:
    """What is left of a device's share, and what was dropped since somebody was told."""

    left: float
    at: float
    dropped: int = 0
    told_at: float = float("-inf")

    def is_spent(self, now: float) -> bool:
        """Whether nothing is left. It is only refilled then: as long as something is, nobody needs
        to know how much."""
        if self.left < 1:
            self.left = min(self.left + (now - self.at) * READINGS_S, READINGS)
            self.at = now
        return self.left < 1


class ReadingShares:
    """The shares of all devices, by topic. Only what was verified takes of one: whoever else may
    write to a device's topic cannot silence it."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._shares: dict[str, _Share] = {}

    def admitted(self, arrivals: Sequence[Arrival]) -> tuple[list[Arrival], list[Refused]]:
        """Those whose senders have a share left, and what to say of the others, if anything."""
        now, admitted = self._now(), []
        left_out: dict[str, Arrival] = {}
        for arrival in arrivals:
            share = self._shares.get(arrival.topic)
            if share is None or not share.is_spent(now):
                admitted.append(arrival)
            else:
                share.dropped += 1
                left_out[arrival.topic] = arrival
        complaints = [self._complaint(one, now) for one in left_out.values()]
        return admitted, [one for one in complaints if one is not None]

    def spend(self, topic: str) -> None:
        """Count a reading that its device has signed."""
        share = self._shares.get(topic)
        if share is None:
            self._shares[topic] = share = _Share(READINGS, self._now())
        share.left -= 1

    def _complaint(self, arrival: Arrival, now: float) -> Refused | None:
        share = self._shares[arrival.topic]
        if now - share.told_at < _TOLD_EVERY_S:
            return None
        count, share.dropped, share.told_at = share.dropped, 0, now
        return _refused(arrival, count)


def _refused(arrival: Arrival, count: int) -> Refused:
    """One of the readings that were dropped, in the place of all; its sender is told."""
    topic = Topic.parse(arrival.topic)
    nack = Nack(
        topic=topic.name,
        sha256=hashlib.sha256(arrival.payload).hexdigest(),
        code=NackCode.BUSY,
        act=NackAct.KEEP,
        retry_s=_RETRY_S,
    )
    refusal = Refusal(
        tenant_id=topic.tenant,
        device_id=topic.device_id,
        topic=arrival.topic,
        payload=arrival.payload,
        code=NackCode.BUSY.value,
        reason=(
            f"{count} readings beyond its share of {READINGS} at once and {READINGS_S:g} a second"
            " were dropped, this one among them; how many more is told in an hour at the earliest"
        ),
    )
    return Refused(refusal, Answer(topic.tenant, topic.device_id, nack))
