from collections.abc import Collection, Sequence
from uuid import UUID

from tapline.ids import new_id
from tapline.sites.model import Site, SiteKind
from tapline.sites.repository import SiteRepository
from tapline.uow import UnitOfWork


def create(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    code: str,
    name: str,
    name_en: str,
    kind: SiteKind,
    address: str,
    x: int,
    y: int,
) -> Site:
    """Add a site at (`x`, `y`) of the 1000 x 1000 schematic plan."""
    site = Site(
        site_id=new_id(),
        tenant_id=tenant_id,
        code=code,
        name=name,
        name_en=name_en,
        kind=kind,
        address=address,
        x=x,
        y=y,
    )
    SiteRepository(uow).add(site)
    uow.session.flush()
    return site


def listed(
    uow: UnitOfWork, *, tenant_id: str, among: Collection[UUID] | None = None
) -> Sequence[Site]:
    """A tenant's sites by code; for property people only those `among` theirs."""
    return SiteRepository(uow).listed(tenant_id, among)
