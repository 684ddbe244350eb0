"""Jinja environments, one a language, and the one way to answer with a page."""

from functools import cache
from pathlib import Path
from typing import Any

from babel.support import NullTranslations
from fastapi import Request, status
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tapline import clock
from tapline_api import assets, codes, formats, labels, preferences, refusals, telling
from tapline_api.config import WebConfig
from tapline_api.localisation import catalog, locale_of

_TEMPLATES = Path(__file__).parent / "templates"


@cache
def environment(locale: str) -> Environment:
    """The templates in one language."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = catalog(locale)
    # Added by the i18n extension, and unknown to the type stubs.
    environment.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
    own = formats.Formats(locale, words.gettext)
    environment.filters |= {
        "yuan": own.yuan,
        "change": own.change,
        "count": own.count,
        "litres": own.litres,
        "clock_time": formats.clock_time,
        "clock_seconds": formats.clock_seconds,
        "form_time": formats.form_time,
        "day": own.day,
        "moment": own.moment,
        "exact": own.exact,
        "age": own.age,
        "span": own.span,
        "share": own.share,
        "seconds": own.seconds,
        "mask_phone": formats.mask_phone,
        "mask_card": formats.mask_card,
        "group_card": formats.group_card,
        "qr": codes.picture,
        "refusal": lambda reason: refusals.told(reason, words.gettext),
    } | telling.filters(own)
    environment.globals |= {
        "asset": assets.url,
        "label": lambda value, about="": _told(words, labels.of(value, about)),
        "locale": locale,
        "now": clock.now,
    }
    return environment


def _told(words: NullTranslations, message: str) -> str:
    """A message in the reader's language. The empty one is a catalog's own header, and no words."""
    return words.gettext(message) if message else ""


def render(
    request: Request,
    template: str,
    *,
    status_code: int = status.HTTP_200_OK,
    headers: dict[str, str] | None = None,
    **context: Any,
) -> HTMLResponse:
    """Answer with a template in the reader's language, theme and text size."""
    locale = locale_of(request)
    config: WebConfig = request.app.state.config
    text = (
        environment(locale)
        .get_template(template)
        .render(
            request=request,
            hotline=config.hotline,
            theme=preferences.theme_of(request),
            large_text=preferences.large_text(request),
            **context,
        )
    )
    answer = HTMLResponse(text, status_code, headers)
    answer.headers["Content-Language"] = locale.replace("_", "-")
    answer.headers["Vary"] = "Accept-Language, Cookie"
    return answer
