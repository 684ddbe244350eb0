"""Tells the platform what happened, again and again, until it has answered."""

import logging
import threading

import httpx2

from tapline_ops import signature
from tapline_ops.telephony import wire
from tapline_ops.telephony.repository import Delivery
from tapline_ops.telephony.service import Telephony, wall_ms

log = logging.getLogger(__name__)

_LOOK_EVERY_S = 0.1
_TIMEOUT_S = 5.0
_RETRY_MS = (1000, 2000, 5000, 10_000, 30_000)


class Messenger:
    """Delivers what is due to `notify_url`; one at a time."""

    def __init__(self, telephony: Telephony, *, notify_url: str, key: bytes) -> None:
        self._telephony = telephony
        self._notify_url = notify_url
        self._key = key

    def run(self, stop: threading.Event) -> None:
        """Let time pass and events travel until `stop` is set."""
        while not stop.wait(_LOOK_EVERY_S):
            try:
                self._telephony.pass_time()
                self.deliver_due()
            except Exception:
                log.exception("the exchange stumbled; it goes on")

    def deliver_due(self) -> int:
        """Try everything that is due once; how much of it was answered."""
        memory = self._telephony.memory
        with memory.transaction():
            due = memory.due(wall_ms())
        return sum(self._deliver(delivery) for delivery in due)

    def _deliver(self, delivery: Delivery) -> bool:
        taken, answer = self._post(delivery.body)
        pause_ms = _RETRY_MS[min(delivery.attempts, len(_RETRY_MS) - 1)]
        memory = self._telephony.memory
        with memory.transaction():
            memory.settle(
                delivery.number,
                answer=answer,
                retry_at_ms=None if taken else wall_ms() + pause_ms,
            )
        return taken

    def _post(self, body: bytes) -> tuple[bool, str]:
        try:
            answer = httpx2.post(
                self._notify_url,
                content=body,
                headers=signature.signed(self._key, wire.EVENT, body)
                | {"content-type": "application/json"},
                timeout=_TIMEOUT_S,
                trust_env=False,
            )
        except httpx2.HTTPError as error:
            return False, type(error).__name__
        return answer.is_success, str(answer.status_code)
