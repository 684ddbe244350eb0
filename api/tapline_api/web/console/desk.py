"""The desk as a whole: what waits, who is there, how well it goes, and why a work went where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from tapline import clock, routing
from tapline.errors import NotFoundError
from tapline.routing import Figures, Queue
from tapline.uow import UnitOfWork
from tapline_api.deps import Member, Transaction
from tapline_api.templating import render
from tapline_api.web.console.doors import Operator

router = APIRouter()

_PAGES = {
    "ticket": "/console/tickets/",
    "refund": "/console/refunds/",
    "call": "/console/calls/",
    "callback": "/console/calls/back/",
}
WorkId = Annotated[str, Path(pattern=r"^[a-z]{1,16}:[0-9a-f-]{1,40}$")]


@dataclass(frozen=True, slots=True)
class Service:
    """A queue's rules and how well it kept them today."""

    queue: Queue
    figures: Figures


@router.get("/desk")
def desk_page(request: Request, uow: Transaction, member: Operator) -> Response:
    """What waits, who is there, and the service of the day."""
    return render(
        request,
        "console/desk.html",
        member=member,
        desk=routing.view(uow, tenant_id=member.tenant_id),
        services=_services(uow, member),
        page_of=page_of,
    )


@router.get("/desk/live")
def desk_live(request: Request, uow: Transaction, member: Operator) -> Response:
    """The moving part alone, for the page to refresh itself."""
    desk = routing.view(uow, tenant_id=member.tenant_id)
    return render(request, "console/desk_live.html", desk=desk, page_of=page_of)


@router.get("/why/{work_id}")
def why_page(request: Request, uow: Transaction, member: Operator, work_id: WorkId) -> Response:
    """Every decision about a work, with all that was weighed."""
    told = routing.why(uow, tenant_id=member.tenant_id, work_id=work_id)
    if not told:
        raise NotFoundError("the desk has never decided anything about this")
    return render(
        request,
        "console/why.html",
        member=member,
        work_id=work_id,
        subject=page_of(work_id),
        told=told,
        names=_names(uow, member),
        page_of=page_of,
    )


def page_of(work_id: str) -> str:
    """Where the thing itself is shown that a work is about."""
    kind, _, key = work_id.partition(":")
    return f"{_PAGES[kind]}{key}" if kind in _PAGES else "/console"


def _services(uow: UnitOfWork, member: Member) -> Sequence[Service]:
    """Today's figures of each queue that anything came into; none before the first work."""
    since = datetime.combine(clock.business_date(clock.now()), time(), clock.BUSINESS_ZONE)
    try:
        queues = routing.queues(uow, tenant_id=member.tenant_id)
    except NotFoundError:
        return []
    services = (
        Service(
            queue,
            routing.figures_between(
                uow,
                tenant_id=member.tenant_id,
                queue=queue.queue,
                since=since,
                until=since + timedelta(days=1),
            ),
        )
        for queue in queues
    )
    return [service for service in services if service.figures.offered]


def _names(uow: UnitOfWork, member: Member) -> Mapping[str, str]:
    agents = routing.view(uow, tenant_id=member.tenant_id).agents
    return {agent.profile.agent_id: agent.profile.name for agent in agents}
