"""The wallboard: opened by a screen's own token, without anybody being signed in."""

import hashlib
from typing import Any

from fastapi import APIRouter, Request, Response, status

from tapline import people, reports
from tapline.uow import UnitOfWork
from tapline_api import assets
from tapline_api.deps import Transaction
from tapline_api.templating import render

router = APIRouter(prefix="/board")


@router.get("")
def board_page(
    request: Request, uow: Transaction, token: str = "", bright: bool = False
) -> Response:
    """The board in its frame, which keeps itself fresh; dark, unless the room is `bright`."""
    screen = people.screen_of(uow, token=token)
    if screen is None:
        return render(request, "board/shut.html", status_code=status.HTTP_403_FORBIDDEN)
    return _shown(request, uow, screen.tenant_id, "board/board.html", token=token, bright=bright)


@router.get("/live")
def board_live(request: Request, uow: Transaction, token: str = "") -> Response:
    """The sheet alone."""
    screen = people.screen_of(uow, token=token)
    if screen is None:
        return Response(status_code=status.HTTP_403_FORBIDDEN)
    return _shown(request, uow, screen.tenant_id, "board/sheet.html")


def _shown(
    request: Request, uow: UnitOfWork, tenant_id: str, template: str, **more: Any
) -> Response:
    board = reports.board(uow, tenant_id=tenant_id)
    version = _version()
    answer = render(request, template, board=board, version=version, **more)
    answer.headers["X-Tapline-Version"] = version
    return answer


def _version() -> str:
    """Changes with the files that the frame has loaded: an old frame loads itself anew."""
    files = (assets.url(name) for name in ("tokens.css", "dark.css", "board.css", "board.js"))
    return hashlib.sha256("".join(files).encode()).hexdigest()[:12]
