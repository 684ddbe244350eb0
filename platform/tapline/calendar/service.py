from typing import Any

from tapline import clock
from tapline.calendar.documents import DEFAULTS, SERVICE, parse
from tapline.calendar.model import CalendarVersion
from tapline.calendar.repository import CalendarRepository
from tapline.calendar.rules import BusinessCalendar
from tapline.errors import NotFoundError
from tapline.uow import UnitOfWork


def current(uow: UnitOfWork, *, tenant_id: str, code: str = SERVICE) -> BusinessCalendar:
    """The calendar in force now: the newest version, or the default of that code.

    Raises:
        NotFoundError: the code has neither.
    """
    newest = CalendarRepository(uow).newest(tenant_id, code)
    if newest is not None:
        return parse(newest.document, code=code, version=newest.version)
    if code not in DEFAULTS:
        known = ", ".join(DEFAULTS)
        raise NotFoundError(f"no calendar {code!r}: publish one, or use one of {known}")
    return parse(DEFAULTS[code], code=code)


def publish(
    uow: UnitOfWork, *, tenant_id: str, code: str, document: dict[str, Any], actor: str, reason: str
) -> BusinessCalendar:
    """Put a new version in force; `tapline.calendar.documents` says how a document is written.

    Raises:
        InvalidError: the document describes no calendar.
    """
    calendars = CalendarRepository(uow)
    newest = calendars.newest(tenant_id, code)
    version = 1 if newest is None else newest.version + 1
    calendar = parse(document, code=code, version=version)
    calendars.add(
        CalendarVersion(
            tenant_id=tenant_id,
            code=code,
            version=version,
            document=document,
            actor=actor,
            reason=reason,
            effective_at=clock.now(),
        )
    )
    return calendar
