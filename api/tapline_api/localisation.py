"""Which language a reader gets, and the catalogs of the words."""

from functools import cache
from pathlib import Path

from babel.core import negotiate_locale
from babel.support import NullTranslations, Translations
from fastapi import Request

CATALOGS = Path(__file__).parent / "locale"
LOCALES = ("zh_CN", "en")
COOKIE = "locale"


def locale_of(request: Request) -> str:
    """The reader's choice, else what the browser asks for, else Chinese."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LOCALES:
        return chosen
    wanted = _accepted(request.headers.get("accept-language", ""))
    return negotiate_locale(wanted, LOCALES, aliases={"zh": "zh_CN"}) or LOCALES[0]


def _accepted(header: str) -> list[str]:
    """Language tags of an Accept-Language header, best first, `zh-Hans-CN` as `zh`."""
    tags: list[tuple[float, str]] = []
    for part in header.split(","):
        tag, _, weight = part.strip().partition(";q=")
        language = tag.partition("-")[0].lower()
        try:
            tags.append((float(weight or 1), language))
        except ValueError:
            continue
    return [tag for _, tag in sorted(tags, key=lambda entry: -entry[0]) if tag]


@cache
def catalog(locale: str) -> NullTranslations:
    """The words of `locale`, whose message ids are English.

    Raises:
        FileNotFoundError: the catalogs have not been compiled yet.
    """
    path = CATALOGS / locale / "LC_MESSAGES" / "messages.mo"
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: run `make assets`")
    with path.open("rb") as file:
        return Translations(file)
