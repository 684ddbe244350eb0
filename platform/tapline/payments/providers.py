"""What payment providers allow, as their documentation has it. Data, not code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tapline.errors import InvalidError


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderLimits:
    """The limits of refunds along the original route."""

    partial_refunds_max: int
    """So many refunds of one order."""
    refund_pause: timedelta
    """Between two refunds of one order."""
    refund_within: timedelta
    """After this since payment nothing goes back on this route."""

    def is_too_old(self, paid_at: datetime, now: datetime) -> bool:
        """Whether the provider would not look up the order any more."""
        return now - paid_at > self.refund_within


_YEAR = timedelta(days=365)

PROVIDERS: Mapping[str, ProviderLimits] = {
    # pay.weixin.qq.com, API v3, "申请退款".
    "wechat": ProviderLimits(
        partial_refunds_max=50, refund_pause=timedelta(minutes=1), refund_within=_YEAR
    ),
    # docs.open.alipay.com, alipay.trade.refund; the window is by contract, usually a year.
    "alipay": ProviderLimits(
        partial_refunds_max=50, refund_pause=timedelta(seconds=10), refund_within=_YEAR
    ),
}


def limits_of(provider: str) -> ProviderLimits:
    """The limits of a provider; `InvalidError` for one that we do not know."""
    try:
        return PROVIDERS[provider]
    except KeyError:
        known = ", ".join(PROVIDERS)
        raise InvalidError(f"no payment provider {provider!r}; known: {known}") from None
