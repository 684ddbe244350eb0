"""Readings of sites' meters as both sides see them."""

from typing import Any
from uuid import UUID

from fastapi import Response

from tapline import partners
from tapline.errors import NotFoundError
from tapline.uow import UnitOfWork
from tapline_api.deps import Member
from tapline_api.web.photos import shown
from tapline_api.web.statement_page import decimal, sites_of


def meters_context(uow: UnitOfWork, member: Member) -> dict[str, Any]:
    """Everything that `shared/meters.html` asks for."""
    return {
        "readings": partners.meter_readings(uow, scope=member.scope),
        "sites": sites_of(uow, member.tenant_id),
        "decimal": decimal,
        "units": {"electricity": "kWh", "water": "m³"},
    }


def photo_of(uow: UnitOfWork, member: Member, reading_id: UUID, file_id: UUID) -> Response:
    """A photo of a reading, and no other."""
    reading = partners.meter_reading(uow, scope=member.scope, reading_id=reading_id)
    if str(file_id) not in reading.file_ids:
        raise NotFoundError("no such photo")
    return shown(uow, member.tenant_id, file_id)
