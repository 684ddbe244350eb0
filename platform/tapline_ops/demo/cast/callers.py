"""Customers who telephone, through the simulated exchange."""

from collections.abc import Iterator

import httpx2

from tapline import hotline, orders, people
from tapline.uow import UnitOfWork
from tapline_ops.demo.cast.stage import Stage
from tapline_ops.provision import DEMO

_STRANGER = "13900000001"
_CROWD = ("13900000002", "13900000003", "13900000004", "13900000005", "13900000006")
"""More at once than there are agents: the last of them is promised a call."""
_FIRST_S, _LATE_BARREL_S, _CROWD_S = 4.0, 8.0, 20.0


def act(stage: Stage) -> Iterator[str]:
    """Place the calls whose time has come, each once."""
    if stage.run_s >= _FIRST_S and _dial(stage, _STRANGER, "1", talk_s=5):
        yield "a customer rings the hotline: no water"
    if stage.run_s >= _LATE_BARREL_S:
        late = stage.do(_phone_of_late_order)
        if late is not None and _dial(stage, late, "2", talk_s=6):
            yield "a customer rings the hotline: the barrels have not come"
    if stage.run_s >= _CROWD_S:
        dialled = [_dial(stage, one, "0", talk_s=40, patience_s=120) for one in _CROWD]
        if any(dialled):
            yield f"{sum(dialled)} customers ring at once: not everybody can be answered in time"


def _dial(stage: Stage, ani: str, keys: str, *, talk_s: int, patience_s: int = 90) -> bool:
    """Ring the hotline, unless this number has rung before."""

    def has_called(uow: UnitOfWork) -> bool:
        return bool(hotline.call_records(uow, tenant_id=DEMO, ani=ani, limit=1))

    def ring() -> None:
        form = {"ani": ani, "keys": keys, "talk_s": talk_s, "patience_s": patience_s}
        answer = httpx2.post(f"{stage.telephony_url}/call", data=form, timeout=5, trust_env=False)
        if answer.is_error:
            answer.raise_for_status()

    return not stage.do(has_called) and stage.once(f"dialled:{ani}", ring)


def _phone_of_late_order(uow: UnitOfWork) -> str | None:
    for order in orders.listed(uow, tenant_id=DEMO, late=True):
        customer = people.find_customer(uow, tenant_id=DEMO, customer_id=order.customer_id)
        if customer is not None:
            return customer.phone
    return None
