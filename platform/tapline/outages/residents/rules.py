"""When residents may be told. Pure."""

from datetime import datetime

from tapline.clock import BUSINESS_ZONE
from tapline.policy import Policy


def is_quiet(moment: datetime, policy: Policy) -> bool:
    """Whether people sleep: no text wakes them for water."""
    hour = moment.astimezone(BUSINESS_ZONE).hour
    first, end = policy.quiet_from_h, policy.quiet_until_h
    return first <= hour < end if first <= end else hour >= first or hour < end
