"""When a customer may be called back. Pure."""

from datetime import datetime, timedelta

from tapline.calendar import CLOSED, BusinessCalendar

_QUIET = {"night", CLOSED}
_STEP = timedelta(minutes=15)
_LOOK_AHEAD = timedelta(days=14)


def earliest(calendar: BusinessCalendar, moment: datetime) -> datetime:
    """The first moment from `moment` on at which it is neither night nor closed.

    Periods begin at full quarters of an hour at the finest. A calendar without a day within two
    weeks gives `moment` itself: a promise is not put off for ever.
    """
    if calendar.period_at(moment) not in _QUIET:
        return moment
    later = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
    while (later := later + _STEP) - moment < _LOOK_AHEAD:
        if calendar.period_at(later) not in _QUIET:
            return later
    return moment
