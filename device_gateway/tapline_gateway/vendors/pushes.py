"""What makers' clouds pushed: signed, stored and answered by the web, handled here."""

from tapline.devices import Vault, vendors
from tapline.devices.messages import Refusal
from tapline.devices.vendors import VendorPush
from tapline.uow import Database
from tapline_gateway.reading import Reading, Refused
from tapline_gateway.settling import settle
from tapline_gateway.vendors import yunshui
from tapline_gateway.vendors.adapter import UnreadableError
from tapline_gateway.vendors.reading import UNREADABLE, read_record
from tapline_gateway.vendors.register import Register

_AT_ONCE = 20


def take_pushes(database: Database, vault: Vault, register: Register) -> int:
    """Handle pushes that wait, oldest first; how many there were.

    One that was handled by a process which then died is handled again, as duplicates.
    """
    with database.transaction() as uow:
        waiting = vendors.waiting_pushes(uow, limit=_AT_ONCE)
        for push in waiting:
            settle(database, vault, _readings(push, register))
        if waiting:
            vendors.mark_handled(uow, push_ids=[push.push_id for push in waiting])
    return len(waiting)


def _readings(push: VendorPush, register: Register) -> list[Reading]:
    try:
        records = yunshui.records(push.body)
    except UnreadableError as error:
        refusal = Refusal(
            tenant_id=push.tenant_id,
            device_id=None,
            topic=f"{push.vendor}:?",
            payload=push.body,
            code=UNREADABLE,
            reason=str(error),
            vendor=push.vendor,
            is_released=True,
        )
        return [Refused(refusal)]
    return [read_record(yunshui, register, raw, tenant_id=push.tenant_id) for raw in records]
