"""When machines that are dark are one outage, and what it seems to be. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from tapline.outages.darkness.model import Return
from tapline.outages.incidents.model import Cause
from tapline.policy import Policy


def mass_began(went: Collection[datetime], machines: int, policy: Policy) -> datetime | None:
    """When the first of enough machines went, that went within one window; None where too few did.

    `went`: when each dark machine of a site was last heard, in any order; `machines`: how many
    stand there.
    """
    share = -(-machines * policy.outage_share_percent // 100)
    enough = max(policy.outage_machines_min, share)
    ordered = sorted(went)
    window = timedelta(seconds=policy.outage_window_s)
    for first, last in zip(ordered, ordered[enough - 1 :], strict=False):
        if last - first <= window:
            return first
    return None


def over_at(back: Sequence[datetime | None], now: datetime, policy: Policy) -> datetime | None:
    """When an outage was over; None while it goes on.

    It is with its last machine. Where more than half have been back for `outage_back_s`, it was
    when they were: what took the site away is gone, and who is still away has a reason of his own.
    Until then they may go again.

    Args:
        back: when each of its machines was heard again, None where it is dark; in any order.
        now: when one looks.
        policy: the one in force.
    """
    known = sorted(one for one in back if one is not None)
    if known and len(known) == len(back):
        return known[-1]
    patience = timedelta(seconds=policy.outage_back_s)
    steady = [one for one in known if now - one >= patience]
    most = len(back) // 2
    return steady[most] if len(steady) > most else None


def is_ours(began: Sequence[datetime], dark: int, machines: int, policy: Policy) -> bool:
    """Whether outages of sites that began at these times are one of ours: so many sites within a
    window, with at least half of all machines, share nothing but us."""
    if len(began) < policy.outage_sites_min or 2 * dark < machines:
        return False
    return max(began) - min(began) <= timedelta(seconds=policy.outage_window_s)


def cause_of(returns: Iterable[Return | None], power_failed: int) -> Cause:
    """What most machines that came back say; before any did, whether some said that power failed.

    Args:
        returns: what each machine's return says; None where it is not back or said nothing.
        power_failed: how many have an alarm that says so.
    """
    votes = Counter(
        Cause.POWER if one is Return.POWER else Cause.LINE
        for one in returns
        if one in {Return.POWER, Return.LINE}
    )
    if votes:
        return max(votes, key=lambda cause: (votes[cause], cause))
    return Cause.POWER if power_failed else Cause.UNKNOWN
