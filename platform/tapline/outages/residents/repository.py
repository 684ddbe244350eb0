from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from tapline.cards import Card
from tapline.cards.facts import Fact
from tapline.devices import Device
from tapline.people import Customer
from tapline.uow import UnitOfWork


class ResidentRepository:
    """Who taps where, in one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def seen_at(
        self, site_id: UUID, device_ids: Collection[str], since: datetime
    ) -> Sequence[Customer]:
        """Holders of cards that were used on a site since then; on these machines where given."""
        cards = (
            select(Fact.card_no)
            .join(Device, Device.device_id == Fact.device_id)
            .where(
                Fact.tenant_id == self._tenant_id,
                Fact.received_at >= since,
                Fact.card_no.is_not(None),
                Device.site_id == site_id,
            )
        )
        if device_ids:
            cards = cards.where(Fact.device_id.in_(device_ids))
        return self._session.scalars(
            select(Customer)
            .where(
                Customer.customer_id.in_(
                    select(Card.customer_id).where(
                        Card.tenant_id == self._tenant_id, Card.card_no.in_(cards)
                    )
                )
            )
            .order_by(Customer.customer_id)
        ).all()

    def sites_of(self, customer_id: UUID, since: datetime) -> Sequence[UUID]:
        """Where a customer's cards were used since then."""
        own = select(Card.card_no).where(
            Card.tenant_id == self._tenant_id, Card.customer_id == customer_id
        )
        found = self._session.scalars(
            select(Device.site_id)
            .join(Fact, Fact.device_id == Device.device_id)
            .where(
                Fact.tenant_id == self._tenant_id,
                Fact.card_no.in_(own),
                Fact.received_at >= since,
                Device.site_id.is_not(None),
            )
            .distinct()
        )
        return [site_id for site_id in found if site_id is not None]
