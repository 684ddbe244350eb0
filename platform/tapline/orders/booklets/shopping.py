"""A booklet from the shelf to its holder: asked for, paid, issued."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from tapline import clock, ledger, payments, people
from tapline.errors import ConflictError, NotFoundError
from tapline.events import BookletPaidAgain
from tapline.ids import new_id
from tapline.ledger import chart
from tapline.orders.booklets.model import Booklet, BookletPurchase, PurchaseState
from tapline.orders.booklets.repository import BookletRepository
from tapline.orders.booklets.service import offered
from tapline.orders.booklets.telling import tell_issued
from tapline.payments import Credit, Payment, PaymentState
from tapline.uow import UnitOfWork

PAY_WITHIN = timedelta(minutes=30)
_KEPT_UNPAID = timedelta(hours=2)


def ask(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    customer_id: UUID,
    code: str,
    version: int,
    provider: str,
    request_key: str,
) -> BookletPurchase:
    """Ask a customer for the money for a booklet on the terms that he saw; a form sent again is
    one purchase.

    Raises:
        NotFoundError: the tenant has no such customer.
        ConflictError: the booklet is not on sale, or costs something else now.
        InvalidError: an unknown provider.
    """
    booklets = BookletRepository(uow, tenant_id)
    if people.find_customer(uow, tenant_id=tenant_id, customer_id=customer_id) is None:
        raise NotFoundError(f"no customer {customer_id}")
    bought = booklets.requested(customer_id, request_key)
    if bought is None:
        bought = _begun(_terms(uow, tenant_id, code, version), customer_id, request_key)
        booklets.add(bought)
    if (bought.code, bought.version) != (code, version):
        raise ConflictError("this form was sent for something else: open the page again")
    if bought.state is PurchaseState.ASKED and not _is_paid(uow, bought):
        _begin_payment(uow, bought, provider)
    return bought


def on_paid(
    uow: UnitOfWork, *, tenant_id: str, payment_id: UUID, subject: str
) -> BookletPurchase | None:
    """Money arrived: the tickets are his. What is not a booklet's money is left alone.

    Called again for the same payment it changes nothing. A second payment rests with the purchase
    until it is given back, which somebody is told.
    """
    kind, _, name = subject.partition(":")
    if kind != "booklet":
        return None
    bought = BookletRepository(uow, tenant_id).purchase(UUID(name), lock=True)
    if bought.payment_id == payment_id:
        return bought
    if bought.state is PurchaseState.ISSUED:
        uow.emit(BookletPaidAgain(tenant_id=tenant_id, purchase_id=bought.purchase_id))
        return bought
    bought.payment_id, bought.state, bought.issued_at = (
        payment_id,
        PurchaseState.ISSUED,
        clock.now(),
    )
    _issue(uow, bought)
    tell_issued(uow, bought)
    return bought


def lapse(uow: UnitOfWork, *, tenant_id: str) -> None:
    """Give up what nobody paid in time."""
    for bought in BookletRepository(uow, tenant_id).asked_before(clock.now() - _KEPT_UNPAID):
        if not _is_paid(uow, bought):
            bought.state = PurchaseState.LAPSED


def purchase(uow: UnitOfWork, *, tenant_id: str, purchase_id: UUID) -> BookletPurchase:
    """One purchase; `NotFoundError` where the tenant has none such."""
    return BookletRepository(uow, tenant_id).purchase(purchase_id)


def of_customer(
    uow: UnitOfWork, *, tenant_id: str, customer_id: UUID, sku: str | None = None
) -> Sequence[BookletPurchase]:
    """What a customer bought or wanted to, newest first; of one product where given."""
    return BookletRepository(uow, tenant_id).purchases(customer_id, sku)


def _terms(uow: UnitOfWork, tenant_id: str, code: str, version: int) -> Booklet:
    on_sale = {one.code: one for one in offered(uow, tenant_id=tenant_id)}
    terms = on_sale.get(code)
    if terms is None or terms.version != version:
        raise ConflictError("this booklet is not on sale like this any more: look again")
    return terms


def _begun(terms: Booklet, customer_id: UUID, request_key: str) -> BookletPurchase:
    return BookletPurchase(
        purchase_id=new_id(),
        tenant_id=terms.tenant_id,
        request_key=request_key,
        customer_id=customer_id,
        code=terms.code,
        version=terms.version,
        sku=terms.sku,
        tickets=terms.tickets,
        price_fen=terms.price_fen,
        state=PurchaseState.ASKED,
        asked_at=clock.now(),
    )


def _begin_payment(uow: UnitOfWork, bought: BookletPurchase, provider: str) -> Payment:
    return payments.begin(
        uow,
        tenant_id=bought.tenant_id,
        provider=provider,
        subject=bought.subject,
        amount_fen=bought.price_fen,
        credits=[Credit(chart.booklet(bought.purchase_id), bought.price_fen)],
        customer_id=bought.customer_id,
        expires_at=bought.asked_at + PAY_WITHIN,
    )


def _is_paid(uow: UnitOfWork, bought: BookletPurchase) -> bool:
    made = payments.of_subject(uow, tenant_id=bought.tenant_id, subject=bought.subject)
    return any(payment.state is PaymentState.PAID for payment in made)


def _issue(uow: UnitOfWork, bought: BookletPurchase) -> None:
    movement = ledger.IssueTickets(
        bought.customer_id,
        bought.sku,
        bought.tickets,
        bought.price_fen,
        chart.booklet(bought.purchase_id),
    )
    command = ledger.Command(
        key=f"{bought.subject}:issue",
        kind="tickets_issued",
        event_at=clock.now(),
        movement=movement,
        content={"purchase": str(bought.purchase_id), "tickets": bought.tickets},
        source={"subject": bought.subject},
    )
    ledger.post(uow, tenant_id=bought.tenant_id, commands=[command])
