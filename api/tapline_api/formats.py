"""Numbers, times and masked numbers as people read them, by language."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from babel import Locale
from babel.dates import format_datetime
from babel.numbers import format_decimal, format_percent
from fastapi import Request

from tapline import clock
from tapline_api.localisation import catalog, locale_of

Translate = Callable[[str], str]

_MINUTE, _HOUR, _DAY = 60, 3600, 86400

_babel = cache(Locale.parse)
"""Finding a language by its name costs Babel ten times what formatting a number does."""


def mask_phone(phone: str) -> str:
    """138****1234."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "****"


def mask_card(card_no: str) -> str:
    """**** 1234."""
    return f"**** {card_no[-4:]}"


def group_card(card_no: str) -> str:
    """In fours, as printed on the card."""
    return " ".join(card_no[at : at + 4] for at in range(0, len(card_no), 4))


def clock_time(moment: datetime) -> str:
    """18:42, in business time."""
    return moment.astimezone(clock.BUSINESS_ZONE).strftime("%H:%M")


def clock_seconds(moment: datetime) -> str:
    """18:42:10, in business time, where steps follow each other quickly."""
    return moment.astimezone(clock.BUSINESS_ZONE).strftime("%H:%M:%S")


def form_time(moment: datetime) -> str:
    """2026-11-21T18:42, as a form's field has it, in business time."""
    return moment.astimezone(clock.BUSINESS_ZONE).strftime("%Y-%m-%dT%H:%M")


@dataclass(frozen=True, slots=True)
class Formats:
    """The formats of one language."""

    locale: str
    translate: Translate

    def yuan(self, fen: int) -> str:
        """¥23.50, with a true minus sign."""
        sign = "\u2212" if fen < 0 else ""
        return f"{sign}¥{format_decimal(abs(fen) / 100, '#,##0.00', locale=_babel(self.locale))}"

    def change(self, fen: int) -> str:
        """+¥1.00, −¥1.00."""
        return f"+{self.yuan(fen)}" if fen > 0 else self.yuan(fen)

    def count(self, number: int) -> str:
        """1,204."""
        return format_decimal(number, "#,##0", locale=_babel(self.locale))

    def litres(self, ml: int) -> str:
        """1.50 L below a hundred litres, 38,410 L above."""
        pattern = "#,##0.00" if abs(ml) < 100_000 else "#,##0"
        return f"{format_decimal(ml / 1000, pattern, locale=_babel(self.locale))} L"

    def share(self, share: float | None) -> str:
        """95.6 %; a dash where nothing counts."""
        return (
            "—" if share is None else format_percent(share, "#,##0.0 %", locale=_babel(self.locale))
        )

    def seconds(self, seconds: float | None) -> str:
        """A length of time; a dash where nothing counts."""
        return "—" if seconds is None else self.span(timedelta(seconds=seconds))

    def day(self, moment: datetime) -> str:
        """Today, yesterday, tomorrow, or the date."""
        days = (clock.business_date(clock.now()) - clock.business_date(moment)).days
        if days == 0:
            return self.translate("Today")
        if days == 1:
            return self.translate("Yesterday")
        if days == -1:
            return self.translate("Tomorrow")
        same_year = clock.now().year == moment.year
        if self.locale == "zh_CN":
            pattern = "M月d日" if same_year else "y年M月d日"
        else:
            pattern = "d MMM" if same_year else "d MMM y"
        return format_datetime(moment, pattern, clock.BUSINESS_ZONE, _babel(self.locale))

    def moment(self, moment: datetime) -> str:
        """Today 18:42, 20 Nov 08:15."""
        return f"{self.day(moment)} {clock_time(moment)}"

    def exact(self, moment: datetime) -> str:
        """2026-11-21 20:42:10, in business time."""
        return moment.astimezone(clock.BUSINESS_ZONE).strftime("%Y-%m-%d %H:%M:%S")

    def age(self, since: datetime) -> str:
        """How long ago, in one or two units: `12 min`, `1 h 05 min`."""
        return self.span(clock.now() - since)

    def span(self, span: timedelta) -> str:
        """A length of time in one or two units."""
        seconds = max(0, int(span.total_seconds()))
        if seconds < _MINUTE:
            return self.translate("%d s") % seconds
        if seconds < _HOUR:
            return self.translate("%d min") % (seconds // _MINUTE)
        if seconds < _DAY:
            hours, rest = divmod(seconds, _HOUR)
            return self.translate("%d h %02d min") % (hours, rest // _MINUTE)
        days, rest = divmod(seconds, _DAY)
        return self.translate("%d d %d h") % (days, rest // _HOUR)


def formats_of(request: Request) -> Formats:
    """The formats of the reader's language."""
    locale = locale_of(request)
    return Formats(locale, catalog(locale).gettext)
