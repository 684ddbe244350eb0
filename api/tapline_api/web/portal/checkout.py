"""From a customer's page to the provider's, and back: the same for whatever is paid."""

from fastapi import Request, Response

from tapline import clock, payments
from tapline.errors import ConflictError
from tapline.payments import Payment, PaymentState
from tapline.uow import Database, UnitOfWork
from tapline_api.config import WebConfig
from tapline_api.deps import Holder
from tapline_api.redirects import see_other
from tapline_api.templating import render

CONFIRMING_S = 4
"""How often the page looks again whether the money has arrived."""


def open_payment(uow: UnitOfWork, holder: Holder, subject: str) -> Payment | None:
    """The payment of `subject` that waits for the customer, if one does."""
    made = payments.of_subject(uow, tenant_id=holder.tenant_id, subject=subject)
    now = clock.now()
    waiting = (one for one in made if one.state is PaymentState.CREATED and one.expires_at > now)
    return next(waiting, None)


def to_cashier(
    request: Request, holder: Holder, payment: Payment, *, title: str, here: str
) -> Response:
    """On to the provider's page, which is asked for outside any transaction; back to `here`.

    By a page that leads on and not by a redirect: a form may not end at another site.
    """
    database: Database = request.app.state.database
    config: WebConfig = request.app.state.config
    try:
        page = payments.checkout(
            database,
            request.app.state.gateways,
            tenant_id=holder.tenant_id,
            payment_id=payment.payment_id,
            title=title,
            return_url=f"{config.origin}{here}?back=1",
        )
    except ConflictError:
        return see_other(f"{here}?trouble=1")
    return render(
        request,
        "portal/cashier.html",
        headers={"Refresh": f"0; url={page}"},
        holder=holder,
        amount_fen=payment.amount_fen,
        page=page,
        provider=payment.provider,
    )
