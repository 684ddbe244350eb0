"""How much of the gateway one device may use: who floods waits, and nobody else.

What is over a device's share is neither stored nor acted on; once in a while its sender is told to
keep it and to try later. No money is lost by that: a device keeps each fact until it is released.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from tapline_gateway.protocol import BrokenFact, Nack, NackAct, NackCode, TxnFrame
from tapline_gateway.reading import Answer, Letter, Reading, Refused

_MESSAGES_S, _MESSAGES = 100.0, 1000.0
"""A device has one batch of facts in flight: not even one that was away for months comes near."""
_REFUSALS_S, _REFUSALS = 1 / 60, 100.0
"""Beyond this a broken device's messages say nothing new, and dead letters are for people."""
_TOLD_EVERY_S = 10.0
_RETRY_S = 30
_REMEMBERED_MAX = 20_000


@dataclass(slots=True)
class _Share:
    """What is left of a sender's share, and what was left out since somebody was told."""

    messages: float = _MESSAGES
    refusals: float = _REFUSALS
    at: float = 0.0
    told_at: float = float("-inf")
    unkept: int = 0

    def refill(self, now: float) -> None:
        passed, self.at = now - self.at, now
        self.messages = min(self.messages + passed * _MESSAGES_S, _MESSAGES)
        self.refusals = min(self.refusals + passed * _REFUSALS_S, _REFUSALS)

    @property
    def is_whole(self) -> bool:
        return self.messages == _MESSAGES and self.refusals == _REFUSALS


class Shares:
    """The shares of all senders. Only what a device signed is counted against its messages."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._shares: dict[str, _Share] = {}

    def take(self, topic: str, reading: Reading) -> Reading | Answer | None:
        """The reading where its sender has a share left, else what to tell him, if anything.

        `topic` is what the message came to. What cannot be authenticated takes of a share of its
        own: whoever may write to a device's topic cannot silence the device by it.
        """
        now = self._now()
        if isinstance(reading, Letter):
            share = self._share(f"{reading.tenant_id}/{reading.device_id}", now)
            return self._admitted(share, reading, now)
        share = self._share(_branch(topic), now)
        if share.refusals < 1:
            share.unkept += 1
            return None
        share.refusals -= 1
        return _with_unkept(reading, share)

    def _admitted(self, share: _Share, letter: Letter, now: float) -> Letter | Answer | None:
        breaks = _is_broken(letter)
        if share.messages < 1 or (breaks and share.refusals < 1):
            return self._busy(share, letter, now)
        share.messages -= 1
        share.refusals -= breaks
        return letter

    def _busy(self, share: _Share, letter: Letter, now: float) -> Answer | None:
        if letter.vendor is not None or now - share.told_at < _TOLD_EVERY_S:
            return None
        share.told_at = now
        nack = Nack(
            topic=letter.topic.name,
            sha256=hashlib.sha256(letter.payload).hexdigest(),
            code=NackCode.BUSY,
            act=NackAct.KEEP,
            retry_s=_RETRY_S,
        )
        return Answer(letter.tenant_id, letter.device_id, nack)

    def _share(self, name: str, now: float) -> _Share:
        if len(self._shares) > _REMEMBERED_MAX:
            self._forget(now)
        share = self._shares.setdefault(name, _Share(at=now))
        share.refill(now)
        return share

    def _forget(self, now: float) -> None:
        """Those that have a whole share, and, where many names are made up, everybody."""
        for share in self._shares.values():
            share.refill(now)
        kept = {name: one for name, one in self._shares.items() if not one.is_whole}
        self._shares = kept if len(kept) <= _REMEMBERED_MAX / 2 else {}


def _branch(topic: str) -> str:
    """Who a topic says that its sender is; apart from who proved it."""
    return "?" + "/".join(topic.split("/", 3)[:3])[:120]


def _is_broken(letter: Letter) -> bool:
    frame = letter.message
    return isinstance(frame, TxnFrame) and any(isinstance(one, BrokenFact) for one in frame.facts)


def _with_unkept(reading: Refused, share: _Share) -> Refused:
    if not share.unkept:
        return reading
    reason = f"{reading.refusal.reason} (and {share.unkept} more of this sender, not kept)"
    share.unkept = 0
    return replace(reading, refusal=replace(reading.refusal, reason=reason))
