"""A machine of ours under a maker's number, and what came of what it told."""

from sqlalchemy import text

from tapline import devices
from tapline.devices import commands, messages, vendors
from tapline.uow import Database
from tapline_gateway.vendors import ADAPTERS, orders
from tapline_gateway.vendors.adapter import Capability
from tapline_ops.embedded import passwords
from tests.factories import VAULT


def registered(
    database: Database, vendor: str, foreign_id: str, device_id: str
) -> devices.Provisioned:
    """A machine of ours that a maker calls by its own number."""
    can = ADAPTERS[vendor].CAPABILITIES
    with database.transaction() as uow:
        orders.declare(uow)  # as a gateway does when it starts
        made = devices.register(
            uow,
            vault=VAULT,
            hash_password=passwords.hashed,
            tenant_id="demo",
            device_id=device_id,
        )
        vendors.bind(
            uow,
            tenant_id="demo",
            device_id=device_id,
            vendor=vendor,
            foreign_id=foreign_id,
            actor="test",
            starts_after=1000 if Capability.NUMBERS in can else 0,
            sparse=Capability.NUMBERS not in can,
        )
    return made


def assurances(database: Database) -> dict[int, str]:
    with database.engine.connect() as connection:
        rows = connection.execute(text("select seq, assurance from fact"))
        return dict(rows.all())


def dead(database: Database) -> list[messages.DeadLetter]:
    with database.transaction() as uow:
        return list(messages.buried(uow, tenant_id="demo"))


def told(
    database: Database, device_id: str, op: str, *, reason: str = "test", ttl_s: int = 600
) -> str:
    """Queue a command as the platform does; its id."""
    with database.transaction() as uow:
        return commands.queue(
            uow,
            tenant_id="demo",
            device_id=device_id,
            op=op,
            args={},
            reason=reason,
            ttl_s=ttl_s,
        ).command_id


def progress(database: Database, command_id: str) -> tuple[str, int | None]:
    """How far a command has come, and its result code."""
    with database.engine.connect() as connection:
        row = connection.execute(
            text("select state, rc from device_command where command_id = :id"),
            {"id": command_id},
        ).one()
    return row.state, row.rc
