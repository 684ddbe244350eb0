import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from tapline import clock, devices, policy
from tapline.cards.challenges.model import Challenge, ChallengeState
from tapline.cards.challenges.repository import ChallengeRepository
from tapline.cards.challenges.rules import Obstacle, Tapped
from tapline.cards.life.service import assign
from tapline.cards.repository import CardRepository
from tapline.devices import Presence, commands
from tapline.errors import ConflictError, NotFoundError
from tapline.ids import new_id
from tapline.uow import UnitOfWork

_TRIES = 5
_TRIES_WINDOW = timedelta(minutes=15)
"""Who waits at a machine for somebody else's tap is stopped soon."""


def obstacle(
    uow: UnitOfWork, *, tenant_id: str, device_id: str, customer_id: UUID
) -> Obstacle | None:
    """Why a machine cannot wait for this customer's card now; None where it can, or does already.

    Raises:
        NotFoundError: the tenant has no such machine.
    """
    device = devices.get(uow, tenant_id=tenant_id, device_id=device_id, lock=True)
    challenges = ChallengeRepository(uow, tenant_id)
    waiting = challenges.waiting_at(device_id)
    if waiting is not None and not _ended_by_time(waiting):
        return None if waiting.customer_id == customer_id else Obstacle.BUSY
    if device.presence is not Presence.ONLINE:
        return Obstacle.OFFLINE
    if "prove" not in (device.hello or {}).get("caps", []):
        return Obstacle.INCAPABLE
    tried = challenges.asked_by(customer_id, _TRIES)
    often = len(tried) == _TRIES and tried[-1].asked_at > clock.now() - _TRIES_WINDOW
    return Obstacle.OFTEN if often else None


def ask(uow: UnitOfWork, *, tenant_id: str, device_id: str, customer_id: UUID) -> Challenge:
    """Have a machine wait for a customer's card. Asked again meanwhile, it is the same challenge.

    Raises:
        NotFoundError: the tenant has no such machine.
        ConflictError: there is an `obstacle`.
    """
    why = obstacle(uow, tenant_id=tenant_id, device_id=device_id, customer_id=customer_id)
    if why is not None:
        raise ConflictError(f"machine {device_id} cannot wait for a card now: {why}")
    waiting = ChallengeRepository(uow, tenant_id).waiting_at(device_id)
    return waiting or _begun(uow, tenant_id, device_id, customer_id)


def _begun(uow: UnitOfWork, tenant_id: str, device_id: str, customer_id: UUID) -> Challenge:
    now = clock.now()
    valid_s = policy.current(uow, tenant_id=tenant_id).prove_s
    expires_at = now + timedelta(seconds=valid_s)
    nonce = secrets.token_hex(8)
    command = commands.queue(
        uow,
        tenant_id=tenant_id,
        device_id=device_id,
        op="prove",
        args={"nonce": nonce, "exp": expires_at.isoformat(timespec="milliseconds")},
        reason=f"customer:{customer_id}",
        ttl_s=valid_s,
    )
    challenge = Challenge(
        challenge_id=new_id(),
        tenant_id=tenant_id,
        device_id=device_id,
        customer_id=customer_id,
        command_id=command.command_id,
        nonce=nonce,
        state=ChallengeState.WAITING,
        asked_at=now,
        expires_at=expires_at,
    )
    ChallengeRepository(uow, tenant_id).add(challenge)
    return challenge


def tapped(
    uow: UnitOfWork, *, tenant_id: str, device_id: str, command_id: str, said: Mapping[str, Any]
) -> bool:
    """Take a machine's word for the card that was tapped first; false where it is no answer to a
    challenge that still waits: late, repeated, of another machine, or of a card that is not ours.
    """
    challenge = ChallengeRepository(uow, tenant_id).by_command(device_id, command_id)
    card = Tapped.read(said)
    if challenge is None or challenge.state is not ChallengeState.WAITING or card is None:
        return False
    if _ended_by_time(challenge) or card.nonce != challenge.nonce:
        return False
    if not CardRepository(uow).exists(tenant_id, card.card_no):
        return False
    challenge.state, challenge.tapped_at = ChallengeState.TAPPED, clock.now()
    challenge.card_no, challenge.atc, challenge.bal_fen = card.card_no, card.atc, card.bal_fen
    return True


def get(uow: UnitOfWork, *, tenant_id: str, customer_id: UUID, challenge_id: UUID) -> Challenge:
    """A customer's own challenge, over where its time is; else `NotFoundError`."""
    challenge = ChallengeRepository(uow, tenant_id).of(customer_id, challenge_id)
    if challenge is None:
        raise NotFoundError("no such challenge")
    _ended_by_time(challenge)
    return challenge


def confirm(uow: UnitOfWork, *, tenant_id: str, customer_id: UUID, challenge_id: UUID) -> Challenge:
    """The customer says that the card tapped was his: it is proven, and registered to him if it is
    nobody's yet. A second time changes nothing.

    Raises:
        NotFoundError: he has no such challenge.
        ConflictError: no card was tapped in time; or it is another customer's, or not in use.
    """
    challenge = get(uow, tenant_id=tenant_id, customer_id=customer_id, challenge_id=challenge_id)
    if challenge.state is ChallengeState.PROVEN:
        return challenge
    if challenge.state is not ChallengeState.TAPPED or challenge.card_no is None:
        raise ConflictError("no card was tapped in time: begin again")
    assign(
        uow,
        tenant_id=tenant_id,
        card_no=challenge.card_no,
        customer_id=customer_id,
        actor=f"customer:{customer_id}",
        reason=f"tapped at {challenge.device_id}",
    )
    challenge.state, challenge.ended_at = ChallengeState.PROVEN, clock.now()
    return challenge


def reject(uow: UnitOfWork, *, tenant_id: str, customer_id: UUID, challenge_id: UUID) -> None:
    """The card tapped was somebody else's: nothing follows from it.

    Raises:
        NotFoundError: he has no such challenge.
    """
    challenge = get(uow, tenant_id=tenant_id, customer_id=customer_id, challenge_id=challenge_id)
    if challenge.state is ChallengeState.TAPPED:
        challenge.state, challenge.ended_at = ChallengeState.REJECTED, clock.now()


def _ended_by_time(challenge: Challenge) -> bool:
    """Whether it waits, or waited, in vain; such a one is over."""
    lasted = challenge.expires_at - challenge.asked_at
    ends_at = {
        ChallengeState.WAITING: challenge.expires_at,
        ChallengeState.TAPPED: challenge.expires_at + lasted,
    }.get(challenge.state)
    if ends_at is not None and clock.now() >= ends_at:
        challenge.state, challenge.ended_at = ChallengeState.EXPIRED, clock.now()
    return challenge.state is ChallengeState.EXPIRED
