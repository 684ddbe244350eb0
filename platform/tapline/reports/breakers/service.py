from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from tapline import devices, reconciliation, refunds, sites
from tapline.devices import Device
from tapline.reconciliation import SaleStop, breakers
from tapline.reconciliation.breakers import Breaker, Scope
from tapline.refunds import Refund
from tapline.sites import Site
from tapline.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Stopped:
    """A breaker with what it stands for; `site` where that is one."""

    breaker: Breaker
    site: Site | None
    machines: int
    waiting: Sequence[Refund]
    """What it keeps from being given back, oldest first."""

    @property
    def waiting_fen(self) -> int:
        return sum(refund.amount_fen - refund.posted_fen for refund in self.waiting)


@dataclass(frozen=True, slots=True)
class Stops:
    """Everything that stopped, and breakers that were reset, newest first."""

    standing: Sequence[Stopped]
    history: Sequence[tuple[Breaker, Site | None]]
    machines: Sequence[tuple[SaleStop, Device]]


def stops(uow: UnitOfWork, *, tenant_id: str) -> Stops:
    """What stopped by itself, with what waits for it."""
    places = {site.site_id: site for site in sites.listed(uow, tenant_id=tenant_id)}
    return Stops(
        standing=[
            _stopped(uow, breaker, places)
            for breaker in breakers.standing(uow, tenant_id=tenant_id)
        ],
        history=[
            (breaker, _site(breaker, places))
            for breaker in breakers.history(uow, tenant_id=tenant_id)
        ],
        machines=[
            (stop, devices.get(uow, tenant_id=tenant_id, device_id=stop.device_id))
            for stop in reconciliation.stopped(uow, tenant_id=tenant_id)
        ],
    )


def _stopped(uow: UnitOfWork, breaker: Breaker, places: Mapping[UUID, Site]) -> Stopped:
    tenant_id = breaker.tenant_id
    return Stopped(
        breaker=breaker,
        site=_site(breaker, places),
        machines=len(breakers.machines(uow, tenant_id=tenant_id, breaker=breaker)),
        waiting=refunds.waiting(uow, tenant_id=tenant_id, breaker=breaker),
    )


def _site(breaker: Breaker, places: Mapping[UUID, Site]) -> Site | None:
    return places.get(UUID(breaker.key)) if breaker.scope is Scope.SITE else None
