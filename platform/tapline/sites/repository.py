from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from tapline.sites.model import Site
from tapline.uow import UnitOfWork


class SiteRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, site: Site) -> None:
        self._session.add(site)

    def listed(self, tenant_id: str, among: Collection[UUID] | None) -> Sequence[Site]:
        sites = select(Site).where(Site.tenant_id == tenant_id).order_by(Site.code)
        if among is not None:
            sites = sites.where(Site.site_id.in_(among))
        return self._session.scalars(sites).all()
