from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select

from tapline.errors import NotFoundError
from tapline.sharing.consents.model import SharingConsent, SharingRevocation
from tapline.uow import UnitOfWork

Row = tuple[SharingConsent, SharingRevocation | None]


class ConsentRepository:
    """The consents of one tenant's customers."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, row: SharingConsent | SharingRevocation) -> None:
        self._session.add(row)
        self._session.flush()

    def locked(self, consent_id: UUID) -> Row:
        """A consent and how it was taken back: nobody takes it back meanwhile."""
        consent = self._session.get(
            SharingConsent, consent_id, with_for_update=True, populate_existing=True
        )
        if consent is None or consent.tenant_id != self._tenant_id:
            raise NotFoundError("no such consent")
        return consent, self._session.get(SharingRevocation, consent_id)

    def of_card(self, card_no: str, customer_id: UUID) -> Sequence[Row]:
        """What a customer allowed of a card, newest first."""
        return self._rows(
            self._mine().where(
                SharingConsent.card_no == card_no, SharingConsent.customer_id == customer_id
            )
        )

    def newest(self, limit: int) -> Sequence[Row]:
        return self._rows(self._mine().limit(limit))

    def _mine(self) -> Select[SharingConsent, SharingRevocation]:
        return (
            select(SharingConsent, SharingRevocation)
            .outerjoin(SharingRevocation, SharingRevocation.consent_id == SharingConsent.consent_id)
            .where(SharingConsent.tenant_id == self._tenant_id)
            .order_by(SharingConsent.given_at.desc(), SharingConsent.consent_id.desc())
        )

    def _rows(self, query: Select[SharingConsent, SharingRevocation]) -> Sequence[Row]:
        return [(consent, revoked) for consent, revoked in self._session.execute(query)]
