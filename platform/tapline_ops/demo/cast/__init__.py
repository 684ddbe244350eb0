"""The people of the demonstration, who act by themselves, through the same doors as anybody."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator

from tapline import faults, payments
from tapline.errors import TaplineError
from tapline.faults import PredictionState
from tapline.payments import PaymentState
from tapline.uow import UnitOfWork
from tapline_ops.cashier.wire import BroughtAlong
from tapline_ops.demo.cast import (
    callers,
    customers,
    desk,
    field,
    finance,
    neighbours,
    savers,
    ticketholder,
)
from tapline_ops.demo.cast.stage import Script, Stage
from tapline_ops.providers.payments import HttpCashier
from tapline_ops.provision import DEMO

__all__ = ["Cast", "Script", "Stage"]

log = logging.getLogger(__name__)

_LOOK_EVERY_S = 0.5
_ACTS: tuple[Callable[[Stage], Iterator[str]], ...] = (
    callers.act,
    customers.act,
    savers.act,
    ticketholder.act,
    neighbours.act,
    desk.act,
    field.act,
    finance.act,
)


class Cast:
    """Everybody on the stage, on a thread of their own."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._stop = threading.Event()
        self._news: deque[str] = deque()
        self._thread = threading.Thread(target=self._play, name="cast", daemon=True)

    def start(self) -> None:
        """Let them act."""
        self._thread.start()

    def stop(self) -> None:
        """Let them go home."""
        self._stop.set()
        self._thread.join(timeout=20)

    def news(self) -> list[str]:
        """What they have done since the last look."""
        return [self._news.popleft() for _ in range(len(self._news))]

    def awaited(self) -> list[str]:
        """What they set out to show and has not come to its end; empty when all has."""
        return self._stage.do(lambda uow: customers.awaited(uow) + _unforeseen(uow))

    def _play(self) -> None:
        while not self._has_arrived() and not self._stop.wait(_LOOK_EVERY_S):
            pass
        while not self._stop.wait(_LOOK_EVERY_S):
            for act in _ACTS:
                self._look(act)
        try:
            desk.leave(self._stage)
        except Exception:
            log.exception("the desk could not be left")

    def _has_arrived(self) -> bool:
        """Nobody asks for money back before the provider knows what was paid in earlier times."""
        try:
            _bring_payments_along(self._stage)
        except Exception:
            log.exception("the provider could not be told: again at the next look")
            return False
        return True

    def _look(self, act: Callable[[Stage], Iterator[str]]) -> None:
        try:
            for line in act(self._stage):
                self._news.append(f"  · {line}")
        except TaplineError as error:
            log.info("somebody was quicker: %s", error)
        except Exception:
            # Part of the house restarts, say: they try again at the next look.
            log.exception("an actor stumbled")


def _unforeseen(uow: UnitOfWork) -> list[str]:
    states = {one.state for one in faults.predictions_of(uow, tenant_id=DEMO)}
    if not states:
        return ["a prediction"]
    return ["the outcome of a prediction"] if PredictionState.RAISED in states else []


def _bring_payments_along(stage: Stage) -> None:
    """Let the simulated provider know what was paid before its time; again is no harm."""
    known = stage.do(lambda uow: payments.listed(uow, tenant_id=DEMO, limit=5000))
    for payment in known:
        gateway = stage.gateways.get(payment.provider)
        if payment.state is not PaymentState.PAID or not isinstance(gateway, HttpCashier):
            continue
        assert payment.paid_at is not None
        assert payment.provider_trade_no is not None
        if payment.provider_trade_no.startswith(("4100", "4200")):
            gateway.bring_along(
                BroughtAlong(
                    provider=payment.provider,
                    tenant_id=DEMO,
                    provider_trade_no=payment.provider_trade_no,
                    amount_fen=payment.amount_fen,
                    paid_at=payment.paid_at,
                    payer="微信用户" if payment.provider == "wechat" else "支付宝用户",
                )
            )
