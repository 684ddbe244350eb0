"""A customer at the simulated cashier's page, who presses the button."""

from urllib.parse import urlsplit
from uuid import UUID

import httpx2

from tapline import payments
from tapline_ops.demo.cast.stage import Stage
from tapline_ops.provision import DEMO


def pay(stage: Stage, payment_id: UUID, *, title: str) -> bool:
    """Press the button once; False after that. The confirmation may be on its way for long."""
    return stage.once(f"paid:{payment_id}", lambda: _press(stage, payment_id, title))


def _press(stage: Stage, payment_id: UUID, title: str) -> None:
    page = payments.checkout(
        stage.database,
        stage.gateways,
        tenant_id=DEMO,
        payment_id=payment_id,
        title=title,
        return_url="http://127.0.0.1/portal",
    )
    path = urlsplit(page)
    answer = httpx2.post(
        f"{path.scheme}://{path.netloc}{path.path}",
        data={"act": "pay"},
        timeout=5,
        trust_env=False,
    )
    if answer.is_error:
        answer.raise_for_status()
