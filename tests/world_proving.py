"""Machines of the estate that can wait for a card, and customers who ask them to."""

from uuid import UUID

from tapline import devices
from tapline.cards import challenges
from tapline.cards.challenges import Challenge
from tapline.uow import UnitOfWork
from tests.world import World


def make_capable(uow: UnitOfWork, device_id: str) -> None:
    """Its firmware says that it can wait for a card."""
    device = devices.get(uow, tenant_id="demo", device_id=device_id, lock=True)
    device.hello = (device.hello or {}) | {"caps": ["auth", "load", "prove"]}


def asked(uow: UnitOfWork, estate: World) -> UUID:
    """A challenge of the estate's customer, which no card has answered."""
    device_id = estate.devices[3]
    make_capable(uow, device_id)
    assert estate.customer_id is not None
    challenge = challenges.ask(
        uow, tenant_id="demo", device_id=device_id, customer_id=estate.customer_id
    )
    return challenge.challenge_id


def tap(uow: UnitOfWork, asked: Challenge, card_no: str) -> None:
    """The machine says that this card was tapped."""
    challenges.tapped(
        uow,
        tenant_id="demo",
        device_id=asked.device_id,
        command_id=asked.command_id,
        said={"nonce": asked.nonce, "card": card_no, "atc": 1, "bal": 0},
    )
