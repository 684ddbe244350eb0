"""Devices that use the key that they were sent: the one before ends."""

from collections.abc import Sequence

from tapline.cards import blocklist
from tapline.devices import configuration, credentials
from tapline.uow import UnitOfWork
from tapline_gateway.reading import Letter


def renewed(uow: UnitOfWork, letters: Sequence[Letter]) -> None:
    """Take over the keys that these letters are signed with."""
    for device_id in sorted({one.device_id for one in letters if one.is_renewed}):
        before = credentials.took_over(uow, device_id=device_id)
        if before is not None:
            # What it kept was another operator's.
            configuration.forget(uow, device_id=device_id)
            blocklist.greeted(uow, tenant_id=before, kept={device_id: blocklist.Kept(None, 0)})
