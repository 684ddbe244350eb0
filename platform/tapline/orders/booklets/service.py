from collections.abc import Sequence
from uuid import UUID

from tapline import audit, clock, ledger
from tapline.errors import InvalidError, NotFoundError
from tapline.ledger import chart
from tapline.orders.booklets import rules
from tapline.orders.booklets.model import Booklet
from tapline.orders.booklets.repository import BookletRepository
from tapline.orders.booklets.rules import InHand, Outstanding, Use
from tapline.orders.products.repository import ProductRepository
from tapline.people import Staff, find_customer
from tapline.uow import UnitOfWork


def put(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    code: str,
    sku: str,
    tickets: int,
    price_fen: int,
    on_sale: bool = True,
    by: Staff | str = audit.SYSTEM,
) -> Booklet:
    """Offer a booklet, change its terms from now on, or end its sale; the same again is no change.

    Raises:
        InvalidError: terms that cannot be, or tickets for another product than before.
        NotFoundError: the tenant does not sell the product.
    """
    rules.check_offer(code, tickets, price_fen)
    if not ProductRepository(uow, tenant_id).among([sku]):
        raise NotFoundError(f"no product {sku}: put it on offer first")
    booklets = BookletRepository(uow, tenant_id)
    booklets.be_alone(code)
    last = next(iter(booklets.versions(code)), None)
    if last is not None:
        if last.sku != sku:
            raise InvalidError(f"booklet {code} is for {last.sku}: give another one its own code")
        if (last.tickets, last.price_fen, last.on_sale) == (tickets, price_fen, on_sale):
            return last
    actor = by.login if isinstance(by, Staff) else by
    booklet = Booklet(
        tenant_id=tenant_id,
        code=code,
        version=last.version + 1 if last else 1,
        sku=sku,
        tickets=tickets,
        price_fen=price_fen,
        on_sale=on_sale,
        actor=actor,
        at=clock.now(),
    )
    booklets.add(booklet)
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="booklet.put",
        subject=f"booklet:{code}",
        reason=f"v{booklet.version}: {tickets} tickets, {price_fen} fen",
    )
    return booklet


def offered(uow: UnitOfWork, *, tenant_id: str, ended: bool = False) -> list[Booklet]:
    """What is on sale, by product and size; those whose sale has `ended` as well where asked."""
    newest = BookletRepository(uow, tenant_id).newest()
    return [one for one in newest if one.on_sale or ended]


def versions(uow: UnitOfWork, *, tenant_id: str, code: str) -> Sequence[Booklet]:
    """Every version of a booklet, newest first."""
    return BookletRepository(uow, tenant_id).versions(code)


def in_hand(uow: UnitOfWork, *, tenant_id: str, customer_id: UUID) -> list[InHand]:
    """A customer's tickets as the ledger has them, by product."""
    account = chart.tickets(customer_id, "")
    tickets = BookletRepository(uow, tenant_id).in_hand(account.code)
    codes = {sku: chart.ticket_cash(customer_id, sku).code for sku in tickets}
    money = ledger.balances(uow, tenant_id=tenant_id, codes=list(codes.values()))
    free_fen = {sku: money[code].available for sku, code in codes.items() if code in money}
    return rules.in_hand(tickets, free_fen)


def history(
    uow: UnitOfWork, *, tenant_id: str, customer_id: UUID, sku: str, limit: int = 100
) -> list[Use]:
    """What became of a customer's tickets of a product, newest first."""
    account = chart.tickets(customer_id, sku)
    lines = ledger.statement(
        uow, tenant_id=tenant_id, code=account.code, unit=account.unit, limit=limit
    )
    return rules.uses(lines)


def outstanding(uow: UnitOfWork, *, tenant_id: str) -> list[Outstanding]:
    """What customers still have, by product, in tickets and in money."""
    return [Outstanding(*row) for row in BookletRepository(uow, tenant_id).outstanding()]


def open_balance(
    uow: UnitOfWork, *, tenant_id: str, customer_id: UUID, sku: str, ticket_count: int, key: str
) -> int:
    """Tickets that a customer brought along from an earlier system; their worth in fen.

    They are worth what they would cost by the dearest booklet on sale, or, where there is none,
    by the barrel: nobody knows what was paid for them. The same `key` counts once, at the worth of
    the first time.

    Raises:
        NotFoundError: the tenant has no such customer, or does not sell the product.
        InvalidError: none, or more than anybody has.
        KeyReusedError: the key stood for other tickets.
    """
    if not 1 <= ticket_count <= rules.TICKETS_MAX:
        raise InvalidError(f"count the tickets: 1 to {rules.TICKETS_MAX}, not {ticket_count}")
    if find_customer(uow, tenant_id=tenant_id, customer_id=customer_id) is None:
        raise NotFoundError(f"no customer {customer_id}")
    product = ProductRepository(uow, tenant_id).among([sku]).get(sku)
    if product is None:
        raise NotFoundError(f"no product {sku}: put it on offer first")
    on_sale = [one for one in offered(uow, tenant_id=tenant_id) if one.sku == sku]
    dearest = max((ticket_count * one.price_fen // one.tickets for one in on_sale), default=None)
    amount_fen = ticket_count * product.price_fen if dearest is None else dearest
    command = ledger.Command(
        key=f"tickets:open:{key}",
        kind="tickets_opened",
        event_at=clock.now(),
        movement=ledger.IssueTickets(customer_id, sku, ticket_count, amount_fen, chart.OPENING),
        content={"customer": str(customer_id), "sku": sku, "tickets": ticket_count},
        source={"subject": f"customer:{customer_id}"},
    )
    ledger.post(uow, tenant_id=tenant_id, commands=[command])
    lines = ledger.entries_for_keys(uow, tenant_id=tenant_id, keys=[command.key])[command.key]
    return sum(line.amount for line in lines if line.side == "D" and line.unit == chart.FEN)
