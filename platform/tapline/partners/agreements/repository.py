from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select

from tapline.errors import NotFoundError
from tapline.partners.agreements.model import Agreement, AgreementState
from tapline.sites import Site
from tapline.uow import UnitOfWork


class AgreementRepository:
    """Agreements of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def lock_site(self, site_id: UUID) -> Site:
        """The site, so that its versions are numbered one after the other."""
        site = self._session.scalar(
            select(Site)
            .where(Site.tenant_id == self._tenant_id, Site.site_id == site_id)
            .with_for_update()
        )
        if site is None:
            raise NotFoundError("no such site")
        return site

    def next_version(self, site_id: UUID) -> int:
        newest = self._session.scalar(
            select(func.max(Agreement.version)).where(Agreement.site_id == site_id)
        )
        return (newest or 0) + 1

    def add(self, agreement: Agreement) -> None:
        self._session.add(agreement)
        self._session.flush()

    def get(self, agreement_id: UUID, *, lock: bool = False) -> Agreement:
        wanted = select(Agreement).where(
            Agreement.tenant_id == self._tenant_id, Agreement.agreement_id == agreement_id
        )
        if lock:
            wanted = wanted.with_for_update().execution_options(populate_existing=True)
        found = self._session.scalar(wanted)
        if found is None:
            raise NotFoundError(f"no agreement {agreement_id}")
        return found

    def of_site(self, site_id: UUID) -> Sequence[Agreement]:
        """Every version of a site, newest first."""
        return self._session.scalars(
            select(Agreement)
            .where(Agreement.tenant_id == self._tenant_id, Agreement.site_id == site_id)
            .order_by(Agreement.version.desc())
        ).all()

    def proposed(self) -> Sequence[Agreement]:
        """What waits for a second person, oldest first."""
        return self._session.scalars(
            select(Agreement)
            .where(
                Agreement.tenant_id == self._tenant_id,
                Agreement.state == AgreementState.PROPOSED,
            )
            .order_by(Agreement.proposed_at)
        ).all()

    def approved(self, site_ids: Collection[UUID] | None) -> Sequence[Agreement]:
        """Approved versions, of these sites where given."""
        approved = select(Agreement).where(
            Agreement.tenant_id == self._tenant_id, Agreement.state == AgreementState.APPROVED
        )
        if site_ids is not None:
            approved = approved.where(Agreement.site_id.in_(site_ids))
        return self._session.scalars(approved).all()
