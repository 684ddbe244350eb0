"""What water costs: the versions that machines show and pours name."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from tapline.devices import tariffs
from tapline.devices.tariffs import Tariff
from tapline.errors import DeniedError, InvalidError
from tapline.people import Role
from tapline_api.deps import CurrentAgent, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render

router = APIRouter(prefix="/tariffs")

_PUBLISHERS = frozenset({Role.SUPERVISOR, Role.FINANCE, Role.ADMIN})


@router.get("")
def tariffs_page(request: Request, uow: Transaction, member: CurrentAgent) -> Response:
    """Every version, and the machines that sell by one which was never published here."""
    return render(
        request,
        "console/tariffs.html",
        member=member,
        versions=tariffs.listed(uow, tenant_id=member.tenant_id),
        strangers=tariffs.strangers(uow, tenant_id=member.tenant_id),
        may_publish=member.staff.role in _PUBLISHERS,
    )


@router.post("")
def publish(
    uow: Transaction,
    member: CurrentAgent,
    *,
    version: Annotated[int, Form()],
    reason: Annotated[str, Form(min_length=1, max_length=200)],
    fen_per_litre: Annotated[str, Form(max_length=10)] = "",
    cups: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Make a version known: a price by the litre, or cups, one a line as `ml fen`."""
    if member.staff.role not in _PUBLISHERS:
        raise DeniedError("a supervisor, finance or an administrator publishes prices: ask one")
    tariff = Tariff(
        version=version,
        fen_per_litre=_whole(fen_per_litre) if fen_per_litre.strip() else None,
        steps=[_cup(line) for line in cups.splitlines() if line.strip()],
    )
    tariffs.publish(
        uow, tenant_id=member.tenant_id, tariff=tariff, actor=member.actor, reason=reason
    )
    return see_other("/console/tariffs")


def _cup(line: str) -> tuple[int, int]:
    parts = line.split()
    if len(parts) != 2:
        raise InvalidError(f"{line.strip()!r}: write the ml of a cup and its price in fen")
    return _whole(parts[0]), _whole(parts[1])


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise InvalidError(f"{text.strip()!r} is no whole number") from None
