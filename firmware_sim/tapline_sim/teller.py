"""A dispenser's one open question to the platform about the card in front of it."""

from collections.abc import Callable

from tapline_gateway.protocol import AuthAnswer, AuthRequest, LoadAnswer, LoadRequest, Message
from tapline_sim.reactor import Reactor, Timer

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
