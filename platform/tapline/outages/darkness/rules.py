"""When silence means that a machine is dark, when it is back, and what was wrong. Pure."""

from datetime import datetime, timedelta
from typing import NamedTuple

from tapline.devices import Presence
from tapline.outages.darkness.model import Return
from tapline.outages.hearing import Ear
from tapline.policy import Policy


class Sighting(NamedTuple):
    """What is stored of a machine's signs of life."""

    presence: Presence
    presence_at: datetime | None
    """When its presence was last reported, by itself or by the broker's will."""
    words: tuple[datetime, ...] = ()
    """When something that it signed came last, of each kind that is kept."""
    reading_at: datetime | None = None
    """When its latest reading was taken."""

    @property
    def signs(self) -> tuple[datetime, ...]:
        """Its own words; being online is one."""
        if self.presence is Presence.ONLINE and self.presence_at is not None:
            return (*self.words, self.presence_at)
        return self.words

    @property
    def heard_at(self) -> datetime | None:
        """When it was last heard; where it never said anything, when it was last heard of."""
        known = (*self.signs, *((self.reading_at,) if self.reading_at else ()))
        return max(known, default=self.presence_at)


def went_dark(seen: Sighting, ear: Ear, now: datetime, policy: Policy) -> datetime | None:
    """Since when a machine is dark; None while it is not, or nobody can know.

    It was silent for as long as policy says, and we were listening all that time: the will of a
    broken connection may come at once or minutes later, and after an outage of our own a whole
    fleet has to find its way back to the broker. One whose connection stands is believed for as
    long as it may keep still by contract.
    """
    if seen.presence is Presence.NEVER or ear.since is None:
        return None
    quiet_since = max(one for one in (seen.heard_at, seen.presence_at, ear.since) if one)
    if seen.presence is Presence.ONLINE:
        patience_s = policy.dark_silent_s
    elif quiet_since == ear.since:
        patience_s = policy.dark_return_s
    else:
        patience_s = policy.dark_s
    if now - quiet_since < timedelta(seconds=patience_s):
        return None
    return seen.heard_at


def came_back(seen: Sighting, began_at: datetime, found_at: datetime) -> datetime | None:
    """When a machine that went dark was first heard again, as far as it was.

    `began_at` was its last sign when it was found dark: what is later is news. A reading may have
    been taken in the dark and sent afterwards, so that it counts only where nothing else came.
    """
    news = [one for one in seen.signs if one > began_at]
    if not news and seen.presence is Presence.ONLINE and seen.reading_at:
        news = [one for one in (seen.reading_at,) if one > found_at]
    return max(min(news), found_at) if news else None


def returned(boot_before: int | None, boot: int, reason: str | None) -> Return:
    """What the first hello after the silence says about it."""
    if boot_before is None or boot <= boot_before:
        return Return.LINE
    return Return.POWER if reason == "power" else Return.RESTART
