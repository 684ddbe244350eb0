"""Tells merchants what happened, again and again, until they have answered."""

import logging
import threading

import httpx2

from tapline import clock
from tapline_ops import signature
from tapline_ops.cashier import behaviour, wire
from tapline_ops.cashier.repository import Books, DeliveryRow
from tapline_ops.cashier.service import Cashier

log = logging.getLogger(__name__)

_LOOK_EVERY_S = 0.3
_TIMEOUT_S = 5.0


class Messenger:
    """Delivers what is due to `notify_url`/provider/tenant; one at a time, in order."""

    def __init__(self, cashier: Cashier, *, notify_url: str, key: bytes) -> None:
        self._cashier = cashier
        self._books: Books = cashier.books
        self._notify_url = notify_url.rstrip("/")
        self._key = key

    def run(self, stop: threading.Event) -> None:
        """Let time pass for refunds and notifications until `stop` is set."""
        while not stop.wait(_LOOK_EVERY_S):
            try:
                self._cashier.advance()
                self.deliver_due()
            except Exception:
                log.exception("the cashier's messenger stumbled; it goes on")

    def deliver_due(self) -> int:
        """Try everything that is due once; how much of it was answered."""
        with self._books.transaction():
            due = self._books.deliveries_due(clock.now())
        return sum(self._deliver(delivery) for delivery in due)

    def _deliver(self, delivery: DeliveryRow) -> bool:
        taken, answer = self._post(delivery)
        attempts = delivery.attempts + 1
        wait = None if taken else behaviour.pause(attempts)
        with self._books.transaction():
            self._books.change_delivery(
                delivery._replace(
                    due_at=clock.now() + wait if wait else None, attempts=attempts, answer=answer
                )
            )
        return taken

    def _post(self, delivery: DeliveryRow) -> tuple[bool, str]:
        headers = signature.signed(self._key, wire.NOTICE, delivery.body)
        try:
            answer = httpx2.post(
                f"{self._notify_url}/{delivery.provider}/{delivery.tenant_id}",
                content=delivery.body,
                headers=headers | {"content-type": "application/json"},
                timeout=_TIMEOUT_S,
                trust_env=False,
            )
        except httpx2.HTTPError as error:
            return False, type(error).__name__
        return answer.is_success, str(answer.status_code)
