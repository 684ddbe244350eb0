"""Seeding, once: what lies in the database is never made twice or overwritten."""

from tapline import devices
from tapline.devices import Vault
from tapline.errors import ConflictError
from tapline.uow import Database
from tapline_ops import enrolment
from tapline_ops.datafolder import DataFolder
from tapline_ops.demo import estate, fleet
from tapline_ops.demo.fleet import Fleet
from tapline_ops.provision import DEMO


def seed(
    database: Database, folder: DataFolder, *, device_count: int, seed: int, is_brief: bool = False
) -> Fleet:
    """The estate of the tenant `demo`: the one that is there, else a new one.

    Raises `ConflictError` when the tenant has devices that the demonstration did not make.
    """
    known = fleet.read(folder)
    with database.transaction() as uow:
        present = {row.device_id for row in devices.listed(uow, tenant_id=DEMO)}
        if known is not None and present >= {device.device_id for device in known.devices}:
            return known
        if present:
            raise ConflictError(
                "tenant demo has devices of its own: give the demonstration a --data-dir of its own"
            )
        vault = Vault.at(enrolment.key_file(folder))
        identity = Vault.at(enrolment.identity_key_file(folder))
        known = estate.build(
            uow, vault, identity, device_count=device_count, seed=seed, is_brief=is_brief
        )
        # Before the commit: secrets that nobody kept would lock the fleet out for good.
        fleet.write(folder, known)
    enrolment.admit_all(database, folder.mqtt)
    return known
