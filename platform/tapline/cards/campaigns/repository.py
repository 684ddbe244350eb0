from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from tapline.cards.campaigns.model import Campaign
from tapline.errors import NotFoundError
from tapline.uow import UnitOfWork


class CampaignRepository:
    """Campaigns of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, campaign: Campaign) -> None:
        self._session.add(campaign)
        self._session.flush()

    def locked(self, campaign_id: UUID) -> Campaign:
        campaign = self._session.get(
            Campaign, campaign_id, with_for_update=True, populate_existing=True
        )
        if campaign is None or campaign.tenant_id != self._tenant_id:
            raise NotFoundError(f"no campaign {campaign_id}")
        return campaign

    def in_force(self, moment: datetime) -> Sequence[Campaign]:
        return self._session.scalars(
            select(Campaign)
            .where(
                Campaign.tenant_id == self._tenant_id,
                Campaign.since <= moment,
                Campaign.until > moment,
                Campaign.approved_at.is_not(None),
                Campaign.ended_at.is_(None),
            )
            .order_by(Campaign.campaign_id)
        ).all()

    def listed(self) -> Sequence[Campaign]:
        """Newest first."""
        return self._session.scalars(
            select(Campaign)
            .where(Campaign.tenant_id == self._tenant_id)
            .order_by(Campaign.campaign_id.desc())
        ).all()
