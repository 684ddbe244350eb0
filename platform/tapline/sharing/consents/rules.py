"""What a customer agrees to, in which words. Pure.

Sharing wants a consent of its own that names receiver, purpose and what is told (PIPL 23), as easy
to take back as it was to give (PIPL 15).
"""

import hashlib
import re
from datetime import date, datetime, timedelta
from typing import NamedTuple

from tapline import clock
from tapline.errors import InvalidError

DAYS_MAX = 180
"""For longer nobody knows what he agreed to; he may agree again."""
BACK_DAYS_MAX = 3 * 365
FIELDS = ("days", "kinds", "amounts", "balance")
"""All that is told. Never a name, a phone, a card number, a machine or a place."""


class Wording(NamedTuple):
    """A text that customers agree to, with `{receiver}`, `{since}` and `{ends_on}`."""

    zh: str
    en: str


WORDINGS = {
    1: Wording(
        "我同意向「{receiver}」提供这张水卡自 {since} 起的流水:记账日期、类型、金额和余额。"
        "不提供姓名、手机号、卡号、机器和地点。同意至 {ends_on} 止,我可以随时撤回;"
        "撤回后不再提供,已经提供的请接收方删除。",
        "I agree that {receiver} is given the statement of this card from {since} on: booking "
        "days, kinds, amounts and balances; no name, phone, card number, machine or place. This "
        "ends on {ends_on} and I may take it back at any time: then nothing more is given, and "
        "the receiver is asked to delete what it has.",
    ),
}
"""By version. A version that somebody agreed to is never edited: a new one is added."""
NEWEST = max(WORDINGS)


def wording(version: int, *, locale: str, receiver: str, since: date, ends_on: date) -> str:
    """The words of a version as they are read."""
    text = WORDINGS[version].zh if locale == "zh_CN" else WORDINGS[version].en
    return text.format(receiver=receiver, since=since, ends_on=ends_on)


def first_day(today: date, back_days: int, held_since: datetime | None) -> date:
    """From when on a card is told of: of one that was somebody else's, from the day after.

    Raises:
        InvalidError: it goes back too far, or not at all.
    """
    if not 1 <= back_days <= BACK_DAYS_MAX:
        raise InvalidError(f"choose between 1 and {BACK_DAYS_MAX} days back")
    asked = today - timedelta(days=back_days)
    if held_since is None:
        return asked
    return max(asked, clock.business_date(held_since) + timedelta(days=1))


def last_day(today: date, days: int) -> date:
    """When a consent for so many days ends.

    Raises:
        InvalidError: too long, or not at all.
    """
    if not 1 <= days <= DAYS_MAX:
        raise InvalidError(f"choose between 1 and {DAYS_MAX} days")
    return today + timedelta(days=days)


def digest_of(code: str) -> str:
    """What a file has in the card's place: it tells nothing of the card, and who has the code
    knows that it is meant. Spaces, hyphens and case do not matter."""
    letters = re.sub(r"[\s-]", "", code).upper()
    return hashlib.sha256(b"tapline-sharing-code\n" + letters.encode()).hexdigest()
