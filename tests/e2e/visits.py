"""The pages that each kind of person has."""

from tapline import (
    faults,
    hotline,
    orders,
    partners,
    payments,
    people,
    reconciliation,
    refunds,
    reports,
    tickets,
)
from tapline.cards import issuers
from tapline.devices import messages
from tapline.partners import Standing
from tapline.payments import PayoutState
from tapline.people import Scope
from tapline.refunds import RefundKind
from tapline.sharing import claims
from tapline.tickets import Source
from tapline.uow import Database
from tests.e2e.visiting import Visit
from tests.e2e.visits_upkeep import upkeep
from tests.world import World
from tests.world_field import COURIER, TECHNICIAN


def pages(estate: World, database: Database) -> list[Visit]:
    """Every page of the product, once."""
    device = estate.devices[6]
    with database.transaction() as uow:
        ticket_id = tickets.listed(uow, tenant_id="demo")[0].ticket_id
        letter_id = messages.buried(uow, tenant_id="demo")[0].dead_letter_id
        pours = reports.pours_of_card(uow, tenant_id="demo", card_no=estate.card_no)
        (conflict,) = reconciliation.listed(uow, tenant_id="demo", codes=["D05"])
    told = next(pour.fact for pour in reversed(pours) if pour.findings)
    outside = _outside(database)
    pour_path = f"/portal/cards/{estate.card_no}/pours/{told.device_id}/{told.seq}"
    return [
        Visit("landing", "/"),
        Visit("sign-in", "/sign-in"),
        Visit("nothing", "/nowhere"),
        Visit("portal-sign-in", "/portal/sign-in"),
        Visit("portal-home", "/portal", "customer"),
        Visit("portal-card", f"/portal/cards/{estate.card_no}", "customer"),
        Visit("portal-pour", pour_path, "customer"),
        Visit("portal-card-lost", f"/portal/cards/{estate.card_no}/lost", "customer"),
        Visit("portal-card-transfer", f"/portal/cards/{estate.card_no}/transfer", "customer"),
        *_customers(estate, database),
        Visit("manager-today", "/manager", "wuye"),
        Visit("manager-sites", "/manager/sites", "wuye"),
        Visit("manager-site", f"/manager/sites/{estate.sites[0].site_id}", "wuye"),
        Visit("manager-device", f"/manager/machines/{device}", "wuye"),
        Visit("manager-logbook", f"/manager/machines/{device}/logbook", "wuye"),
        Visit("manager-report", f"/manager/machines/{device}/report", "wuye"),
        Visit("manager-which", "/manager/report", "wuye"),
        Visit("manager-consumption", "/manager/consumption", "wuye"),
        Visit("manager-morning", "/manager/morning", "wuye"),
        Visit("manager-meters", "/manager/meters", "wuye"),
        Visit("console-meters", "/console/meters", "he.qing"),
        Visit("console-logbook", f"/console/machines/{device}/logbook", "he.qing"),
        Visit("public-report", f"/q/{device}/report"),
        Visit("console-tickets", "/console", "he.qing"),
        Visit("console-ticket", f"/console/tickets/{ticket_id}", "he.qing"),
        *_desks(database),
        *_partners(estate, database),
        Visit("console-findings", "/console/findings", "he.qing"),
        Visit("console-stories", f"/console/findings/{conflict.finding_id}", "he.qing"),
        Visit("console-search", "/console/search?q=8000", "he.qing"),
        Visit("console-card", f"/console/cards/{estate.card_no}", "he.qing"),
        Visit("console-goodwill", "/console/goodwill", "he.qing"),
        Visit("console-machines", "/console/machines", "he.qing"),
        Visit("console-labels", "/console/labels", "he.qing"),
        Visit("console-machine", f"/console/machines/{device}", "he.qing"),
        Visit("console-clearing", "/console/clearing", "he.qing"),
        Visit("console-arrears", "/console/arrears", "he.qing"),
        Visit("console-ledger", "/console/ledger/verify", "he.qing"),
        Visit("console-dead-letters", "/console/dead-letters", "he.qing"),
        Visit("console-dead-letter", f"/console/dead-letters/{letter_id}", "he.qing"),
        Visit("console-office", "/console/office", "he.qing"),
        *outside,
        *upkeep(estate, database),
        *_abroad(database),
        Visit("account", "/account", "he.qing"),
        Visit("board", f"/board?token={estate.board_token}"),
    ]


def _customers(estate: World, database: Database) -> list[Visit]:
    """What a customer ordered, asked back and told of."""
    customer_id = estate.customer_id
    assert customer_id is not None
    with database.transaction() as uow:
        his = orders.listed(uow, tenant_id="demo", customer_id=customer_id)
        claims = refunds.listed(uow, tenant_id="demo", customer_id=customer_id)
        cases = tickets.of_customer(uow, tenant_id="demo", customer_id=customer_id)
    by_state = {order.state.value: order.order_id for order in his}
    closing = next(claim for claim in claims if claim.kind is RefundKind.CARD_CLOSE)
    told = next(case for case in cases if case.source is Source.PORTAL and case.order_id)
    give_back = f"/portal/refunds/new?kind=card_close&card={estate.card_no}"
    return [
        Visit("portal-card-closing", f"/portal/cards/{closing.card_no}", "customer"),
        Visit("portal-why", give_back, "customer"),
        Visit("portal-quote", f"{give_back}&reason=moved", "customer"),
        Visit("portal-refunds", "/portal/refunds", "customer"),
        Visit("portal-refund", f"/portal/refunds/{closing.refund_id}", "customer"),
        Visit("portal-water", "/portal/water", "customer"),
        Visit("portal-booklets", "/portal/booklets", "customer"),
        *(
            Visit(f"portal-order-{state}", f"/portal/orders/{order_id}", "customer")
            for state, order_id in by_state.items()
        ),
        Visit("portal-cases", "/portal/cases", "customer"),
        Visit("portal-case", f"/portal/cases/{told.ticket_id}", "customer"),
    ]


def _desks(database: Database) -> list[Visit]:
    """What the desk and finance see of refunds, payments, orders, calls and faults foreseen."""
    with database.transaction() as uow:
        claims = refunds.listed(uow, tenant_id="demo")
        legs = payments.in_states(uow, tenant_id="demo", states=list(PayoutState))
        late = orders.listed(uow, tenant_id="demo", late=True)[0]
        foreseen = faults.predictions_of(uow, tenant_id="demo")[0]
        told = tickets.of_order(uow, tenant_id="demo", order_id=late.order_id)[0]
        cases = tickets.listed(uow, tenant_id="demo")
        (_, call), *_ = hotline.call_records(uow, tenant_id="demo")
    claim = next(one for one in claims if one.kind is RefundKind.CARD_CLOSE)
    pour = next(one for one in claims if one.kind is RefundKind.TXN_REVERSAL)
    proactive = next(one for one in cases if one.source is Source.PREDICTION)
    new = f"/console/refunds/new?kind=order_cancel&order={late.order_id}"
    return [
        Visit("console-desk", "/console/desk", "he.qing"),
        Visit("console-why", f"/console/why/ticket:{told.ticket_id}", "he.qing"),
        Visit("console-calls", "/console/calls", "he.qing"),
        Visit("console-call", f"/console/calls/{call.call_id}", "he.qing"),
        Visit("console-ticket-told", f"/console/tickets/{told.ticket_id}", "he.qing"),
        Visit("console-ticket-foreseen", f"/console/tickets/{proactive.ticket_id}", "he.qing"),
        Visit("console-refunds", "/console/refunds", "he.qing"),
        Visit("console-refund", f"/console/refunds/{claim.refund_id}", "he.qing"),
        Visit("console-refund-pour", f"/console/refunds/{pour.refund_id}", "he.qing"),
        Visit("console-refund-new", new, "he.qing"),
        Visit("console-payments", "/console/payments", "he.qing"),
        Visit("console-payout", f"/console/payouts/{legs[0].payout_id}", "he.qing"),
        Visit("console-policy", "/console/policy/1", "he.qing"),
        Visit("console-orders", "/console/orders", "he.qing"),
        Visit("console-booklets", "/console/booklets", "he.qing"),
        Visit("console-order", f"/console/orders/{late.order_id}", "he.qing"),
        Visit("console-predictions", "/console/predictions", "he.qing"),
        Visit("console-prediction", f"/console/predictions/{foreseen.prediction_id}", "he.qing"),
        Visit("console-models", "/console/models", "he.qing"),
        Visit("console-model", "/console/models/1", "he.qing"),
    ]


def _partners(estate: World, database: Database) -> list[Visit]:
    """What is agreed with partners, laid on them and settled with them, from both sides."""
    with database.transaction() as uow:
        stated, *_ = partners.statements(uow, scope=Scope("demo"))
        (held, _), *_ = partners.matters(uow, scope=Scope("demo"), standings=list(Standing))
    site_id = estate.sites[0].site_id
    statement_id, partner_id = stated.statement.statement_id, stated.partner.partner_id
    return [
        Visit("manager-matters", "/manager/accountability", "wuye"),
        Visit("manager-matter", f"/manager/accountability/{held.finding_id}", "wuye"),
        Visit("manager-statements", "/manager/statements", "wuye"),
        Visit("manager-statement", f"/manager/statements/{statement_id}", "wuye"),
        Visit("console-partners", "/console/partners", "he.qing"),
        Visit("console-partner", f"/console/partners/{partner_id}", "he.qing"),
        Visit("console-agreement", f"/console/agreements/{site_id}", "he.qing"),
        Visit("console-matters", "/console/accountability", "he.qing"),
        Visit("console-matter", f"/console/accountability/{held.finding_id}", "he.qing"),
        Visit("console-statements", "/console/statements", "he.qing"),
        Visit("console-statement", f"/console/statements/{statement_id}", "he.qing"),
    ]


def _outside(database: Database) -> list[Visit]:
    """A courier's orders by state, and a technician's visit."""
    with database.transaction() as uow:
        logins = {one.login: one for one in people.staff_of(uow, tenant_id="demo")}
        tasks = orders.tasks_of(uow, courier=logins[COURIER])
        works = tickets.work_orders.of_technician(
            uow, tenant_id="demo", technician_id=logins[TECHNICIAN].staff_id
        )
    by_state = {task.order.state.value: task.order.order_id for task in tasks}
    return [
        Visit("field-deliveries", "/field", COURIER),
        *(
            Visit(f"field-order-{state}", f"/field/orders/{order_id}", COURIER)
            for state, order_id in by_state.items()
        ),
        Visit("field-works", "/field", TECHNICIAN),
        *(
            Visit("field-work", f"/field/work-orders/{work.work_order_id}", TECHNICIAN)
            for work in works[:1]
        ),
    ]


def _abroad(database: Database) -> list[Visit]:
    """What another operator claims of us."""
    with database.transaction() as uow:
        operator = next(one for one in issuers.listed(uow, tenant_id="demo") if one.is_operator)
        told = claims.listed(uow, tenant_id="demo", issuer_id=operator.issuer_id)[0]
    account = f"/console/issuers/{operator.issuer_id}"
    return [
        Visit("console-operator", account, "he.qing"),
        Visit("console-abroad", f"/console/abroad/{told.statement_id}", "he.qing"),
        Visit("console-operator-month", f"{account}/statement", "he.qing"),
    ]
