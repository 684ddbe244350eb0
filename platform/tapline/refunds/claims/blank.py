"""A claim before anything is known of it but what it is about."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from uuid import UUID

from tapline import clock
from tapline.errors import InvalidError
from tapline.ids import new_id
from tapline.refunds.model import Reason, Refund, RefundKind, RefundState, Tier

_FEN_MAX = 10**9
_ABOUT: Mapping[RefundKind, Collection[tuple[str, ...]]] = {
    RefundKind.CARD_CLOSE: {("card_no",)},
    RefundKind.CARD_PARTIAL: {("card_no",), ("card_no", "wanted_fen")},
    RefundKind.LOAD_CANCEL: {("card_no",), ("topup_id",)},
    RefundKind.ORDER_CANCEL: {("order_id",)},
    RefundKind.ORDER_SHORT: {("order_id",)},
    RefundKind.DEPOSIT_RETURN: {()},
    RefundKind.TICKET_UNUSED: {("ticket_sku",), ("booklet_id",)},
}
"""What a claim of each kind names."""


@dataclass(frozen=True, slots=True)
class About:
    """What a claim is about."""

    card_no: str | None = None
    order_id: UUID | None = None
    topup_id: UUID | None = None
    ticket_sku: str | None = None
    booklet_id: UUID | None = None
    wanted_fen: int | None = None
    """Of a card that lives on, so much."""

    @property
    def named(self) -> tuple[str, ...]:
        """What is given, in alphabetical order."""
        return tuple(sorted(name for name, value in asdict(self).items() if value is not None))


def blank(
    tenant_id: str,
    *,
    kind: RefundKind,
    customer_id: UUID,
    reason: Reason,
    about: About,
) -> Refund:
    """A claim about which nothing is decided.

    Raises:
        InvalidError: it does not say what it is about.
    """
    if about.named not in _ABOUT[kind]:
        ways = " or ".join(", ".join(names) or "nothing" for names in sorted(_ABOUT[kind]))
        raise InvalidError(f"{kind.value}: name {ways}, and no more")
    if about.wanted_fen is not None and not 0 < about.wanted_fen < _FEN_MAX:
        raise InvalidError(f"ask for 1 to {_FEN_MAX - 1} fen, not {about.wanted_fen}")
    now = clock.now()
    return Refund(
        refund_id=new_id(),
        tenant_id=tenant_id,
        kind=kind,
        **asdict(about),
        customer_id=customer_id,
        reason=reason.value,
        state=RefundState.REQUESTED,
        tier=Tier.AGENT,
        automatic=False,
        appealed=False,
        holds=[],
        stuck_legs=[],
        created_at=now,
        updated_at=now,
        **dict.fromkeys(_COUNTERS, 0),
    )


_COUNTERS = (
    "amount_fen",
    "posted_fen",
    "reserve_fen",
    "forfeit_fen",
    "employer_fen",
    "written_off_fen",
    "policy_version",
    "revision",
    "version",
    "clock_percent",
)
