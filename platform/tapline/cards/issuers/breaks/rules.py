"""What may become of a break, and what it costs. Pure."""

from typing import NamedTuple

from tapline.cards.issuers.breaks.model import BreakResolution, IssuerBreak
from tapline.errors import ConflictError, InvalidError


class Cost(NamedTuple):
    """What a resolution takes off the issuer's debt, in fen: signs as the stake's."""

    given_up_fen: int
    """Ours to bear."""
    commission_fen: int
    """Of that, what the issuer would have kept: it is no cost of ours."""


def cost(stake_fen: int, permille: int) -> Cost:
    """What giving up a stake means; the issuer keeps no commission on what he does not pay."""
    share = abs(stake_fen) * permille // 1000
    return Cost(stake_fen, share if stake_fen >= 0 else -share)


def check(broken: IssuerBreak, resolution: BreakResolution) -> None:
    """Refuse a resolution that does not fit.

    Raises:
        ConflictError: the break is resolved.
        InvalidError: it has no money of ours in it, or it has.
    """
    if broken.resolved_at is not None:
        raise ConflictError("this break is resolved: look at the list again")
    if broken.stake_fen == 0 and resolution is not BreakResolution.NOTED:
        raise InvalidError("no money of ours is in it: tell the issuer and mark it as noted")
    if broken.stake_fen != 0 and resolution is BreakResolution.NOTED:
        raise InvalidError("money is in it: accept the loss, correct it, or claim it again")
