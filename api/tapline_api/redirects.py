"""Answers that send the browser elsewhere on this site, never beyond it."""

import re

from fastapi import status
from fastapi.responses import RedirectResponse

_LOCAL = re.compile(r"/(?![/\\])[^\x00-\x1f\\]*")


def see_other(path: str) -> RedirectResponse:
    """After a form: the page to show, so that reloading it sends nothing again."""
    return RedirectResponse(path, status.HTTP_303_SEE_OTHER)


def local_path(path: str, *, otherwise: str = "/") -> str:
    """`path` where it is one of this site; a link to anywhere else is not followed."""
    return path if _LOCAL.fullmatch(path) else otherwise
