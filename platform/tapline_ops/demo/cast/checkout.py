"""A customer at the simulated cashier's page, who presses the button."""

from urllib.parse import urlsplit
from uuid import UUID

import httpx2

from tapline import payments
from tapline_ops.demo.cast.stage import Stage
from tapline_ops.provision import DEMO


def pay(stage: Stage, payment_id: UUID, *, title: str) -> None:
    """Pay it; the confirmation may be on its way for long."""
    page = payments.checkout(
        stage.database,
        stage.gateways,
        tenant_id=DEMO,
        payment_id=payment_id,
        title=title,
        return_url="http://127.0.0.1/portal",
    )
    path = urlsplit(page)
    httpx2.post(
        f"{path.scheme}://{path.netloc}{path.path}",
        data={"act": "pay"},
        timeout=5,
        trust_env=False,
    )
