from tapline.outages import darkness, hearing, incidents, plans, residents
from tapline.uow import UnitOfWork


def watch(uow: UnitOfWork, *, tenant_id: str) -> None:
    """Look after every machine of a tenant: who is dark, who is back, what belongs together.

    For the schedule, every ten seconds. Any number may run, at once or after a long pause.
    """
    hearing.note(uow, listener=hearing.WATCH)
    darkness.follow(uow, tenant_id=tenant_id)
    incidents.gather(uow, tenant_id=tenant_id)
    plans.sweep(uow, tenant_id=tenant_id)


def tell(uow: UnitOfWork, *, tenant_id: str) -> None:
    """Send residents what they are to know of outages. For the schedule, every minute."""
    residents.send(uow, tenant_id=tenant_id)
