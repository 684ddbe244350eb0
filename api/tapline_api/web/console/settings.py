"""What machines are set to: for a model, a site or one machine; and where they differ from it."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response

from tapline import devices, sites
from tapline.devices import configuration, tariffs
from tapline.devices.configuration import FieldState, Level
from tapline.errors import InvalidError
from tapline.uow import UnitOfWork
from tapline_api.deps import Member, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.console.doors import Operator

router = APIRouter(prefix="/settings")

Reason = Annotated[str, Form(min_length=1, max_length=200)]


@router.get("")
def settings(request: Request, uow: Transaction, member: Operator) -> Response:
    """Which machines differ from what is wanted, what is set where, and who set it."""
    tenant_id = member.tenant_id
    places = {str(one.site_id): one for one in sites.listed(uow, tenant_id=tenant_id, among=None)}
    views = configuration.listed(uow, tenant_id=tenant_id)
    return render(
        request,
        "console/settings.html",
        member=member,
        differing=[one for one in views if one.state is not FieldState.IN_FORCE],
        set_count=len(views),
        in_force=configuration.in_force(uow, tenant_id=tenant_id),
        history=configuration.history(uow, tenant_id=tenant_id),
        models=configuration.models(uow, tenant_id=tenant_id),
        sites=places,
        **_choices(uow, member),
    )


@router.post("")
def put(
    uow: Transaction,
    member: Operator,
    *,
    level: Annotated[Level, Form()],
    key: Annotated[str, Form(max_length=64)],
    name: Annotated[str, Form(max_length=32)],
    value: Annotated[str, Form(max_length=12)] = "",
    reason: Reason,
) -> Response:
    """Set a value; an empty one takes back what was set there."""
    configuration.put(
        uow,
        staff=member.staff,
        level=level,
        key=key,
        name=name,
        value=_whole(value),
        reason=reason,
    )
    machine = f"/console/machines/{key}#settings"
    return see_other(machine if level is Level.DEVICE else "/console/settings")


@router.get("/{device_id}")
def of_machine(request: Request, uow: Transaction, member: Operator, device_id: str) -> Response:
    """A machine's settings without their frame, for its page to refresh itself."""
    devices.get(uow, tenant_id=member.tenant_id, device_id=device_id)
    context = settings_context(uow, member, device_id)
    return render(request, "console/machine_settings.html", member=member, **context)


@router.post("/{device_id}/push")
def push(uow: Transaction, member: Operator, device_id: str, reason: Reason) -> Response:
    """Send a machine its settings once more."""
    configuration.push_again(uow, staff=member.staff, device_id=device_id, reason=reason)
    return see_other(f"/console/machines/{device_id}#settings")


def settings_context(uow: UnitOfWork, member: Member, device_id: str) -> dict[str, Any]:
    """Everything that `console/machine_settings.html` asks for."""
    view = configuration.view(uow, tenant_id=member.tenant_id, device_id=device_id)
    return {"settings": view, **_choices(uow, member)}


def _choices(uow: UnitOfWork, member: Member) -> dict[str, Any]:
    return {
        "names": configuration.SETTINGS,
        "tariff_versions": [one.version for one in tariffs.listed(uow, tenant_id=member.tenant_id)],
        "may_set": member.staff.role in configuration.SETTERS,
    }


def _whole(text: str) -> int | None:
    if not text.strip():
        return None
    try:
        return int(text)
    except ValueError:
        raise InvalidError(f"{text.strip()!r} is no whole number") from None
