"""Between router and exchange: offers become ringing telephones, orders are carried out."""

from functools import cache

from tapline import hotline, tenants
from tapline.events import OfferEnded, OfferMade, PortCommandQueued, WorkOverflowed
from tapline.hotline import Ports
from tapline.settings import settings
from tapline.uow import UnitOfWork
from tapline_ops.providers.telephony import exchanges
from tapline_ops.worker import app, consumer, database, tenant_sweep


@cache
def _exchanges() -> Ports:
    return exchanges(settings())


@consumer
def ring_offered(uow: UnitOfWork, event: OfferMade) -> None:
    hotline.on_offer_made(
        uow,
        tenant_id=event.tenant_id,
        offer_id=event.offer_id,
        work_id=event.work_id,
        agent_id=event.agent_id,
    )


@consumer
def silence_ended(uow: UnitOfWork, event: OfferEnded) -> None:
    hotline.on_offer_ended(
        uow,
        tenant_id=event.tenant_id,
        offer_id=event.offer_id,
        work_id=event.work_id,
        outcome=event.outcome,
    )


@consumer
def promise_call_back(uow: UnitOfWork, event: WorkOverflowed) -> None:
    hotline.on_overflow(uow, tenant_id=event.tenant_id, work_id=event.work_id, to=event.step)


@consumer
def wake_exchange(_uow: UnitOfWork, event: PortCommandQueued) -> None:
    """Wake the sender: the exchange is called outside any transaction, this one included."""
    app.send_task("send_port_commands")


@tenant_sweep
def release_call_backs(uow: UnitOfWork, tenant_id: str) -> None:
    hotline.release_call_backs(uow, tenant_id=tenant_id)


def send_port_commands() -> None:
    """Have the exchange do what waits."""
    if ports := _exchanges():
        hotline.send_commands(database(), ports)


def end_lost_calls() -> None:
    """End the calls that no exchange knows any more."""
    if ports := _exchanges():
        with database().transaction() as uow:
            tenant_ids = tenants.ids(uow)
        for tenant_id in tenant_ids:
            hotline.end_lost_calls(database(), ports, tenant_id=tenant_id)


app.task(send_port_commands, name=send_port_commands.__name__)
app.task(end_lost_calls, name=end_lost_calls.__name__)
