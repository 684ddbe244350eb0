"""Pages: dial the hotline, press keys, lift an agent's telephone."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tapline_ops.telephony.lines import Caller, Line
from tapline_ops.telephony.service import Telephony, wall_ms

router = APIRouter()

_SHOWN = 20
_pages = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

Number = Annotated[str, Form(pattern=r"^(\d{3,15}|)$")]
Keys = Annotated[str, Form(pattern=r"^[0-9*#]{0,32}$")]
Seconds = Annotated[int, Form(ge=1, le=3600)]
Reference = Annotated[str, Form(max_length=128)]


@router.get("/")
def dial(request: Request) -> Response:
    """Where a call is placed; the lines below look after themselves."""
    return _page("dial.html", dnis=request.app.state.dnis)


@router.get("/lines")
def lines(request: Request) -> Response:
    """Every line, the newest first."""
    exchange = _telephony(request).look()
    newest = sorted(exchange.lines.values(), key=lambda line: line.begun_at_ms, reverse=True)
    return _page("lines.html", lines=newest[:_SHOWN], status=_status, now_ms=wall_ms())


@router.post("/call")
def call(
    request: Request,
    ani: Number = "",
    keys: Keys = "",
    patience_s: Seconds = 120,
    talk_s: Seconds = 60,
) -> Response:
    """Somebody dials; without a number it is hidden."""
    caller = Caller(keys=keys, patience_ms=patience_s * 1000, talk_ms=talk_s * 1000)
    dnis: str = request.app.state.dnis
    _telephony(request).act(lambda board: board.place(ani=ani, dnis=dnis, caller=caller))
    return RedirectResponse("/", 303)


@router.post("/press")
def press(request: Request, ref: Reference, keys: Keys) -> Response:
    """The caller presses a key."""
    _telephony(request).act(lambda board: board.press(ref, keys))
    return RedirectResponse("/lines", 303)


@router.post("/hang-up")
def hang_up(request: Request, ref: Reference) -> Response:
    """The caller hangs up."""
    _telephony(request).act(lambda board: board.hang_up(ref))
    return RedirectResponse("/lines", 303)


@router.post("/pick-up")
def pick_up(request: Request, ref: Reference, leg: Reference) -> Response:
    """An agent lifts his telephone."""
    _telephony(request).act(lambda board: board.pick_up(ref, leg))
    return RedirectResponse("/lines", 303)


@router.post("/put-down")
def put_down(request: Request, ref: Reference, leg: Reference) -> Response:
    """An agent puts his telephone down."""
    _telephony(request).act(lambda board: board.put_down(ref, leg))
    return RedirectResponse("/lines", 303)


def _status(line: Line) -> str:
    if not line.is_live:
        return "已结束"
    if line.talking_leg is not None:
        return "保持中" if line.is_held else "通话中"
    if line.gathering is not None:
        return "等待按键"
    return "坐席振铃" if line.legs else "等待中"


def _telephony(request: Request) -> Telephony:
    telephony: Telephony = request.app.state.telephony
    return telephony


def _page(name: str, **values: object) -> Response:
    return HTMLResponse(
        _pages.get_template(name).render(**values), headers={"Cache-Control": "no-store"}
    )
