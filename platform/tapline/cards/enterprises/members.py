"""Whose cards an enterprise pays for."""

from collections.abc import Sequence
from uuid import UUID

from tapline import audit, clock
from tapline.cards.enterprises.allotting import take_back
from tapline.cards.enterprises.model import Member
from tapline.cards.enterprises.repository import EnterpriseRepository
from tapline.cards.enterprises.service import mind_level, record
from tapline.cards.topups.placing import usable
from tapline.errors import ConflictError, InvalidError
from tapline.ids import new_id
from tapline.uow import UnitOfWork

_MONTHLY_FEN_MAX = 100_000


def join(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    enterprise_id: UUID,
    card_no: str,
    monthly_fen: int,
    actor: str,
) -> Member:
    """From now on the enterprise pays for this card, up to `monthly_fen` a month.

    Raises:
        NotFoundError: the tenant has no such enterprise or card.
        ConflictError: an enterprise pays for the card already, or the card has ended.
        InvalidError: a share that cannot be.
    """
    _check_share(monthly_fen)
    enterprises = EnterpriseRepository(uow, tenant_id)
    enterprise = enterprises.get(enterprise_id, lock=True)
    usable(uow, tenant_id, card_no)
    known = enterprises.member_of_card(card_no)
    if known is not None:
        if known.enterprise_id == enterprise_id and known.monthly_fen == monthly_fen:
            return known
        raise ConflictError(f"an enterprise pays for card {card_no} already")
    member = Member(
        member_id=new_id(),
        tenant_id=tenant_id,
        enterprise_id=enterprise_id,
        card_no=card_no,
        monthly_fen=monthly_fen,
        joined_at=clock.now(),
    )
    enterprises.add(member)
    record(uow, enterprise, "enterprise.join", actor, f"{card_no}: {monthly_fen} fen a month")
    return member


def change_share(
    uow: UnitOfWork, *, tenant_id: str, member_id: UUID, monthly_fen: int, actor: str
) -> Member:
    """Another share from now on; what the card has, it keeps.

    Raises:
        NotFoundError: the tenant has no such member.
        ConflictError: he has left.
        InvalidError: a share that cannot be.
    """
    _check_share(monthly_fen)
    enterprises = EnterpriseRepository(uow, tenant_id)
    member = enterprises.member(member_id, lock=True)
    if member.left_at is not None:
        raise ConflictError("this member has left")
    member.monthly_fen = monthly_fen
    enterprise = enterprises.get(member.enterprise_id)
    record(uow, enterprise, "enterprise.share", actor, f"{member.card_no}: {monthly_fen} fen")
    return member


def leave(uow: UnitOfWork, *, tenant_id: str, member_id: UUID, actor: str) -> Member:
    """The enterprise pays no longer; what waits unwritten for the card goes back. Said again,
    the same.

    Raises:
        NotFoundError: the tenant has no such member.
    """
    enterprises = EnterpriseRepository(uow, tenant_id)
    member = enterprises.member(member_id)
    enterprise = enterprises.get(member.enterprise_id, lock=True)
    member = enterprises.member(member_id, lock=True)
    if member.left_at is None:
        member.left_at = clock.now()
        take_back(uow, enterprise, member)
        mind_level(uow, enterprise)
        record(uow, enterprise, "enterprise.leave", actor, member.card_no)
    return member


def part(uow: UnitOfWork, *, tenant_id: str, card_nos: Sequence[str]) -> None:
    """These cards end: no enterprise pays for them any longer. Moves no money."""
    enterprises = EnterpriseRepository(uow, tenant_id)
    for card_no in card_nos:
        member = enterprises.member_of_card(card_no)
        if member is not None:
            enterprises.get(member.enterprise_id, lock=True)
            member.left_at = clock.now()


def follow_replaced(uow: UnitOfWork, *, tenant_id: str, card_no: str, new_card_no: str) -> None:
    """Another card took a card's place: the enterprise pays for that one from now on. What the
    member had this month goes on counting. Said again, the same."""
    enterprises = EnterpriseRepository(uow, tenant_id)
    member = enterprises.member_of_card(card_no)
    if member is None or enterprises.member_of_card(new_card_no) is not None:
        return
    enterprise = enterprises.get(member.enterprise_id, lock=True)
    member = enterprises.member(member.member_id, lock=True)
    if member.left_at is None and member.card_no == card_no:
        member.card_no = new_card_no
        record(uow, enterprise, "enterprise.follow", audit.SYSTEM, f"{card_no}: {new_card_no}")


def members(uow: UnitOfWork, *, tenant_id: str, enterprise_id: UUID) -> Sequence[Member]:
    """Those who have not left, by card."""
    return EnterpriseRepository(uow, tenant_id).members(enterprise_id)


def _check_share(monthly_fen: int) -> None:
    if not 0 < monthly_fen <= _MONTHLY_FEN_MAX:
        raise InvalidError(f"a share is 1 to {_MONTHLY_FEN_MAX} fen a month, not {monthly_fen}")
