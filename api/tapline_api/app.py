"""The web application: pages, REST interface and live updates over one database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, Depends, FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from tapline import people
from tapline.devices.vendors import Clouds
from tapline.hotline import Ports
from tapline.payments import Gateways
from tapline.people import Vault
from tapline.uow import Database
from tapline_api import broker, errors, firmware, health, live, preferences, rest
from tapline_api.assets import STATIC
from tapline_api.config import WebConfig
from tapline_api.deps import limited
from tapline_api.limits import RequestLimits
from tapline_api.live import Live
from tapline_api.security import SecurityHeaders, check_origin
from tapline_api.web import board, console, entrance, field, manager, portal, public


def create_app(
    database: Database,
    config: WebConfig,
    gateways: Gateways | None = None,
    exchanges: Ports | None = None,
    *,
    clouds: Clouds | None = None,
    vault: Vault | None = None,
) -> FastAPI:
    """The application. It opens connections when served, and closes none of `database`'s.

    `gateways` are the payment providers that are reached, `exchanges` the telephone exchanges and
    `clouds` the clouds of makers that are listened to; None: there are none. `vault` seals the
    numbers of customers' papers and what makers' clouds sign with; None: neither is taken.
    """
    app = FastAPI(
        title="Tapline",
        version="1",
        lifespan=_lifespan,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # both pages load scripts from another host
        redoc_url=None,
    )
    app.state.database = database
    app.state.config = config
    app.state.gateways = gateways or {}
    app.state.exchanges = exchanges or {}
    app.state.clouds = clouds or {}
    app.state.vault = vault
    app.state.attempts = people.Attempts(config.limits_uri)
    app.state.limits = RequestLimits(config.requests_per_minute, config.limits_uri)
    app.state.live = Live(database.engine.url)
    app.add_middleware(SecurityHeaders, config=config)
    errors.install(app)
    app.include_router(health.router)
    app.include_router(broker.router)
    app.include_router(firmware.router)
    app.include_router(_pages())
    app.include_router(rest.router, prefix="/api/v1", dependencies=[Depends(limited)])
    # Few addresses, many customers: what a provider tells is not limited, its signature is checked.
    app.include_router(rest.payments.router, prefix="/api/v1")
    app.include_router(rest.telephony.router, prefix="/api/v1")
    app.include_router(rest.vendors.router, prefix="/api/v1")
    app.mount("/static", _Static(directory=STATIC))
    return app


def _pages() -> APIRouter:
    pages = APIRouter(
        dependencies=[Depends(limited), Depends(check_origin)], include_in_schema=False
    )
    for room in (entrance, portal, console, manager, field, board, public, preferences, live):
        pages.include_router(room.router)
    return pages


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    hub: Live = app.state.live
    async with hub.listening():
        yield


class _Static(StaticFiles):
    """Files whose address holds their hash are kept for good; others are asked for again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        keep = "public, max-age=31536000, immutable" if scope["query_string"] else "no-cache"
        answer.headers["Cache-Control"] = keep
        return answer
