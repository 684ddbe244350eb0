import hashlib
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from tapline import clock
from tapline.cards.authorisations.screens.model import ScreenCode
from tapline.cards.authorisations.screens.repository import ScreenCodeRepository
from tapline.cards.model import Card, CardKind, CardState
from tapline.errors import ConflictError
from tapline.uow import UnitOfWork

_VALID = timedelta(seconds=60)
_CODES = 10**8
"""Eight digits: they can be scanned, and typed where a machine has keys."""


class Shown(NamedTuple):
    """What stands on the screen, and until when it is good."""

    card_no: str
    code: str
    expires_at: datetime

    @property
    def text(self) -> str:
        """As a machine reads it: card number, full stop, code."""
        return f"{self.card_no}.{self.code}"


def show(uow: UnitOfWork, *, card: Card) -> Shown:
    """A new code for the holder of `card` to show to a machine. Who copies the screen comes too
    late: it is good for a minute, for one pour.

    Raises:
        ConflictError: the card is no card on a screen, or does not work at present.
    """
    if card.kind is not CardKind.QR:
        raise ConflictError(f"card {card.card_no} is not shown on a screen: tap it")
    if card.state is not CardState.ACTIVE:
        raise ConflictError(f"card {card.card_no} is {card.state.value}: nothing is poured with it")
    code, now = f"{secrets.randbelow(_CODES):08}", clock.now()
    codes = ScreenCodeRepository(uow)
    codes.forget(now - _VALID)
    codes.add(
        ScreenCode(
            code_hash=_hash(card, code),
            tenant_id=card.tenant_id,
            card_no=card.card_no,
            expires_at=now + _VALID,
        )
    )
    return Shown(card.card_no, code, now + _VALID)


def redeem(uow: UnitOfWork, card: Card, code: str | None) -> bool:
    """Use up a code that a machine read off a screen; false where it opens nothing."""
    return code is not None and ScreenCodeRepository(uow).use(
        card.tenant_id, card.card_no, _hash(card, code), clock.now()
    )


def _hash(card: Card, code: str) -> bytes:
    return hashlib.sha256(f"{card.tenant_id}:{card.card_no}:{code}".encode()).digest()
