"""Language, theme and text size: cookies of the reader's, set by a form, without an account."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse

from tapline_api import cookies, localisation
from tapline_api.redirects import local_path, see_other
from tapline_api.security import check_origin

THEMES = ("auto", "light", "dark")
TEXT_SIZES = ("normal", "large")
_VALUES = {"locale": localisation.LOCALES, "theme": THEMES, "text": TEXT_SIZES}

router = APIRouter(dependencies=[Depends(check_origin)], include_in_schema=False)


def theme_of(request: Request) -> str:
    """`auto` follows the device."""
    chosen = request.cookies.get("theme")
    return chosen if chosen in THEMES else THEMES[0]


def large_text(request: Request) -> bool:
    """Whether the reader asked for large text."""
    return request.cookies.get("text") == "large"


@router.post("/preferences")
def prefer(
    request: Request,
    name: Annotated[str, Form()],
    value: Annotated[str, Form()],
    back: Annotated[str, Form()] = "/",
) -> RedirectResponse:
    """Remember a choice and return to the page it was made on; what is unknown changes nothing."""
    answer = see_other(local_path(back))
    if value in _VALUES.get(name, ()):
        cookies.remember(request, answer, name, value)
    return answer
