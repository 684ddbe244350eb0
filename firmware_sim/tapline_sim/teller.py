"""A dispenser's one open question to the platform about the card in front of it, and what an answer
allows."""

from collections.abc import Callable
from datetime import UTC, datetime

from tapline_gateway.protocol import AuthAnswer, AuthRequest, LoadAnswer, LoadRequest, Message
from tapline_gateway.protocol.freshness import is_alive
from tapline_sim.purse import Voucher
from tapline_sim.reactor import Reactor, Timer
from tapline_sim.scenario import Tariff

Answer = AuthAnswer | LoadAnswer


class Teller:
    """Asks, and calls back once: with the answer, or with None when none came in time."""

    def __init__(self, reactor: Reactor, publish: Callable[[Message], object]) -> None:
        self._reactor = reactor
        self._publish = publish
        self._open: tuple[str, Timer, Callable[[Answer | None], None]] | None = None

    def ask(
        self,
        request: AuthRequest | LoadRequest,
        *,
        wait_s: float,
        then: Callable[[Answer | None], None],
    ) -> None:
        """Put a question; an earlier one is forgotten."""
        if self._open is not None:
            self._open[1].cancel()
        timer = self._reactor.after(wait_s, lambda: self._close(None))
        self._open = (request.req, timer, then)
        self._publish(request)

    def answered(self, answer: Answer) -> None:
        """Take an answer; a late or strange one changes nothing."""
        if self._open is not None and self._open[0] == answer.req:
            self._close(answer)

    def _close(self, answer: Answer | None) -> None:
        if self._open is not None:
            _, timer, then = self._open
            self._open = None
            timer.cancel()
            then(answer)


def granted(answer: Answer | None, tariff: Tariff) -> list[int]:
    """What a customer may choose under an answer, fen; nothing where it does not let him."""
    if not isinstance(answer, AuthAnswer) or not answer.ok:
        return []
    if not is_alive(answer.exp, datetime.now(UTC)):
        return []
    return [amount for amount in tariff.amounts_fen if amount <= (answer.max_fen or 0)]


def voucher_in(answer: Answer | None, card: str) -> Voucher | None:
    """What an answer lets be written to this card; None where it does not."""
    if (
        not isinstance(answer, LoadAnswer)
        or answer.load is None
        or answer.card != card
        or not answer.amt
    ):
        return None
    if not is_alive(answer.exp, datetime.now(UTC)):
        return None
    return Voucher(answer.load, answer.amt)
