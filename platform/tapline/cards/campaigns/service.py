from collections.abc import Mapping, Sequence
from dataclasses import asdict
from uuid import UUID

from tapline import audit, clock
from tapline.cards.campaigns import rules
from tapline.cards.campaigns.model import Campaign
from tapline.cards.campaigns.repository import CampaignRepository
from tapline.cards.campaigns.rules import Grant, Terms
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.ids import new_id
from tapline.uow import UnitOfWork


def propose(uow: UnitOfWork, *, tenant_id: str, terms: Terms, actor: str, reason: str) -> Campaign:
    """Write terms down; they promise nobody anything before a second person approves.

    Raises:
        InvalidError: nobody can mean them, or no reason is given.
    """
    rules.check(terms)
    if not reason.strip():
        raise InvalidError("say why the bonus is given: it is kept with the campaign")
    campaign = Campaign(
        campaign_id=new_id(),
        tenant_id=tenant_id,
        **asdict(terms),
        reason=reason.strip(),
        proposed_by=actor,
        proposed_at=clock.now(),
    )
    CampaignRepository(uow, tenant_id).add(campaign)
    _record(uow, campaign, "campaign.propose", actor, reason)
    return campaign


def approve(uow: UnitOfWork, *, tenant_id: str, campaign_id: UUID, actor: str) -> Campaign:
    """Put a proposed campaign in force. Said again by the same person, the same.

    Raises:
        DeniedError: whoever proposed it.
        ConflictError: it has ended.
    """
    campaign = CampaignRepository(uow, tenant_id).locked(campaign_id)
    if campaign.proposed_by == actor:
        raise DeniedError("whoever proposes a campaign does not approve it: ask a colleague")
    if campaign.ended_at is not None:
        raise ConflictError("this campaign has ended: propose it anew")
    if campaign.approved_at is None:
        campaign.approved_by, campaign.approved_at = actor, clock.now()
        _record(uow, campaign, "campaign.approve", actor, "")
    return campaign


def end(uow: UnitOfWork, *, tenant_id: str, campaign_id: UUID, actor: str, reason: str) -> Campaign:
    """Promise nothing new from now on; what was promised stays. Said again, the same.

    Raises:
        InvalidError: no reason.
    """
    if not reason.strip():
        raise InvalidError("say why the campaign ends")
    campaign = CampaignRepository(uow, tenant_id).locked(campaign_id)
    if campaign.ended_at is None:
        campaign.ended_by, campaign.ended_at = actor, clock.now()
        _record(uow, campaign, "campaign.end", actor, reason)
    return campaign


def granted(
    uow: UnitOfWork, *, tenant_id: str, paid_fen: int, used_fen: Mapping[UUID, int]
) -> Grant | None:
    """What a payment of now earns somebody who has had `used_fen` of each campaign."""
    found = CampaignRepository(uow, tenant_id).in_force(clock.now())
    terms = [(one.campaign_id, _terms(one)) for one in found]
    return rules.best(terms, paid_fen=paid_fen, used_fen=used_fen)


def listed(uow: UnitOfWork, *, tenant_id: str) -> Sequence[Campaign]:
    """Every campaign, newest first: in force, proposed, over."""
    return CampaignRepository(uow, tenant_id).listed()


def _terms(campaign: Campaign) -> Terms:
    return Terms(
        name=campaign.name,
        since=campaign.since,
        until=campaign.until,
        paid_fen_min=campaign.paid_fen_min,
        fixed_fen=campaign.fixed_fen,
        per_mille=campaign.per_mille,
        customer_fen_max=campaign.customer_fen_max,
    )


def _record(uow: UnitOfWork, campaign: Campaign, action: str, actor: str, reason: str) -> None:
    audit.record(
        uow,
        tenant_id=campaign.tenant_id,
        actor=actor,
        action=action,
        subject=f"campaign:{campaign.campaign_id}",
        reason=reason.strip(),
    )
