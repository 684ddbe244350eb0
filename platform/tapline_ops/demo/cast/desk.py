"""Agents who are ready, answer, say what it was, decide about refunds and close cases."""

from collections.abc import Iterator
from functools import partial
from uuid import UUID

from tapline import hotline, orders, refunds, routing, tickets
from tapline.errors import ConflictError, DeniedError
from tapline.hotline import Stage as CallStage
from tapline.people import Role, Staff
from tapline.refunds import Reason, RefundKind, RefundState, Tier
from tapline.routing import Presence
from tapline.tickets import Outcome, Source, Ticket, TicketState
from tapline.uow import UnitOfWork
from tapline_ops.demo import staff
from tapline_ops.demo.cast.stage import Stage
from tapline_ops.provision import DEMO

_WRAP_UP_S = 2.0
_SAID = {
    "water": ("device_fault", "device_fault", "机器不出水"),
    "barrels": ("order_late", "order_undelivered", "桶装水还没有送到"),
    "cards": ("balance_wrong", "balance_wrong", "卡里的钱不对"),
    "emergency": ("leak", "leak", "机器漏水"),
}
"""What callers of each choice say: disposition, kind of case, words."""


def act(stage: Stage) -> Iterator[str]:
    """One look at everything before every actor of the desk; a line for each thing done."""
    visited = stage.do(_is_visited)
    for agent in stage.do(lambda uow: staff.actors(uow, Role.AGENT, Role.SUPERVISOR)):
        yield from _appear(stage, agent, Presence.NOT_READY if visited else Presence.READY)
        yield from _telephone(stage, agent)
        yield from _tasks(stage, agent)


def leave(stage: Stage) -> None:
    """Nobody of the play stays behind as ready when it is over."""
    for agent in stage.do(lambda uow: staff.actors(uow, Role.AGENT, Role.SUPERVISOR)):
        stage.do(partial(_set_presence, agent=agent, presence=Presence.OFFLINE))


def _is_visited(uow: UnitOfWork) -> bool:
    """Whether somebody real is ready: then the work is his."""
    actors = {str(one.staff_id) for one in staff.actors(uow, *Role)}
    agents = routing.view(uow, tenant_id=DEMO).agents
    return any(
        agent.presence is Presence.READY and agent.profile.agent_id not in actors
        for agent in agents
    )


def _appear(stage: Stage, agent: Staff, wanted: Presence) -> Iterator[str]:
    def choose(uow: UnitOfWork) -> bool:
        seen = routing.agent_view(uow, tenant_id=DEMO, agent_id=str(agent.staff_id))
        if seen is not None and wanted in {seen.presence, seen.next_presence}:
            return False
        _set_presence(uow, agent, wanted)
        return True

    if stage.do(choose):
        ready = wanted is Presence.READY
        yield f"{agent.name} is ready" if ready else f"{agent.name} leaves the work to you"


def _set_presence(uow: UnitOfWork, agent: Staff, presence: Presence) -> None:
    routing.set_presence(uow, tenant_id=DEMO, agent_id=str(agent.staff_id), presence=presence)


def _telephone(stage: Stage, agent: Staff) -> Iterator[str]:
    agent_id = str(agent.staff_id)
    current = stage.do(lambda uow: hotline.current_for(uow, tenant_id=DEMO, agent_id=agent_id))
    if current is None:
        return
    if current.stage is CallStage.OFFERED and current.offer_id is not None:
        offer_id = current.offer_id
        if stage.is_ripe(offer_id):
            call = stage.do(
                lambda uow: hotline.answer(uow, tenant_id=DEMO, offer_id=offer_id, staff=agent)
            )
            yield f"{agent.name} answers a call ({call.intent or 'call-back'})"
    elif current.stage is CallStage.WRAP_UP and current.call is not None:
        call_id, intent = current.call.call_id, current.call.intent or "cards"
        if current.call.disposition is None and stage.is_ripe(f"wrap:{call_id}", _WRAP_UP_S):
            code, category, words = _SAID.get(intent, _SAID["cards"])
            stage.do(
                lambda uow: hotline.dispose(
                    uow,
                    tenant_id=DEMO,
                    call_id=call_id,
                    code=code,
                    staff=agent,
                    words=words,
                    category=category,
                    about=_about(uow, call_id),
                )
            )
            yield f"{agent.name} writes down: {words}"


def _about(uow: UnitOfWork, call_id: UUID) -> tickets.About:
    """The late order of a caller who has one."""
    call = hotline.call(uow, tenant_id=DEMO, call_id=call_id)
    caller = hotline.caller(uow, tenant_id=DEMO, ani=call.ani)
    for customer in caller.customers:
        for order in orders.listed(uow, tenant_id=DEMO, customer_id=customer.customer_id):
            if call.intent == "barrels" and order.late_since is not None:
                return tickets.About(order_id=order.order_id, customer_id=customer.customer_id)
    return tickets.About()


def _tasks(stage: Stage, agent: Staff) -> Iterator[str]:
    agent_id = str(agent.staff_id)
    seen = stage.do(lambda uow: routing.agent_view(uow, tenant_id=DEMO, agent_id=agent_id))
    if seen is None:
        return
    if seen.offer is not None and seen.offer.work.medium is routing.Medium.TASK:
        offer_id = seen.offer.offer_id
        if stage.is_ripe(offer_id):
            yield from _accept(stage, agent, offer_id)
    for work in seen.tasks:
        kind, _, key = work.work_id.partition(":")
        if not stage.is_ripe(f"{agent_id}:{work.work_id}"):
            continue
        if kind == "refund":
            yield from _decide(stage, agent, UUID(key))
        elif kind == "ticket":
            yield from _settle(stage, agent, UUID(key))


def _accept(stage: Stage, agent: Staff, offer_id: str) -> Iterator[str]:
    take = {"ticket": tickets.accept, "refund": refunds.accept}[offer_id.partition(":")[0]]
    stage.do(lambda uow: take(uow, tenant_id=DEMO, offer_id=offer_id, staff=agent))
    yield f"{agent.name} takes a {offer_id.partition(':')[0]}"


def _decide(stage: Stage, agent: Staff, refund_id: UUID) -> Iterator[str]:
    def approve(uow: UnitOfWork) -> int | None:
        refund = refunds.get(uow, tenant_id=DEMO, refund_id=refund_id)
        mine = refund.tier is not Tier.SUPERVISOR or agent.role is Role.SUPERVISOR
        if refund.state is not RefundState.REVIEW or not mine:
            return None
        refunds.decide(
            uow,
            tenant_id=DEMO,
            refund_id=refund_id,
            approve=True,
            amount_fen=refund.amount_fen,
            version=refund.version,
            staff=agent,
            reason="证据相符",
        )
        return refund.amount_fen

    try:
        approved_fen = stage.do(approve)
    except (ConflictError, DeniedError):
        return  # it changed under his hands: he reads it again
    if approved_fen is not None:
        yield f"{agent.name} approves a refund of {approved_fen / 100:.2f} yuan"


def _settle(stage: Stage, agent: Staff, ticket_id: UUID) -> Iterator[str]:
    def settle(uow: UnitOfWork) -> str | None:
        ticket = tickets.get(uow, tenant_id=DEMO, ticket_id=ticket_id)
        if ticket.state is TicketState.CLOSED or ticket.source is Source.PREDICTION:
            return None
        if ticket.order_id is not None:
            _give_back(uow, ticket, agent)
        ticket = tickets.close(
            uow,
            tenant_id=DEMO,
            ticket_id=ticket_id,
            staff=agent,
            version=ticket.version,
            outcome=Outcome.REFUNDED if ticket.order_id else Outcome.FIXED,
            body="已联系客户并处理",
        )
        return ticket.number

    try:
        number = stage.do(settle)
    except ConflictError:
        return  # a technician is on the way, or somebody was quicker
    if number is not None:
        yield f"{agent.name} closes {number}"


def _give_back(uow: UnitOfWork, ticket: Ticket, agent: Staff) -> None:
    """The caller wants his money for barrels that never came; a colleague decides about it."""
    assert ticket.order_id is not None
    order = orders.get(uow, tenant_id=DEMO, order_id=ticket.order_id)
    left = orders.refundable(uow, tenant_id=DEMO, order_id=order.order_id)
    if left.goods_fen + left.deposit_fen == 0:
        return
    refunds.request(
        uow,
        tenant_id=DEMO,
        kind=RefundKind.ORDER_CANCEL,
        customer_id=order.customer_id,
        reason=Reason.NEVER_CAME,
        actor=agent.login,
        order_id=order.order_id,
        words="客户来电要求退款",
        request_key=f"ticket:{ticket.ticket_id}",
    )
