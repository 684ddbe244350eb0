from collections.abc import Sequence
from typing import NamedTuple

from tapline import audit, clock
from tapline.devices.tariffs import rules
from tapline.devices.tariffs.model import TariffVersion
from tapline.devices.tariffs.repository import TariffRepository
from tapline.devices.tariffs.rules import Tariff
from tapline.errors import ConflictError
from tapline.uow import UnitOfWork


class Stranger(NamedTuple):
    """A machine that sells by a tariff which we do not know."""

    device_id: str
    version: int


def publish(
    uow: UnitOfWork, *, tenant_id: str, tariff: Tariff, actor: str, reason: str
) -> TariffVersion:
    """Make a version known. Pours that name it are held against it from now on.

    Raises:
        InvalidError: it is no tariff.
        ConflictError: the version is known already; prices change by a new one.
    """
    rules.check(tariff)
    tariffs = TariffRepository(uow, tenant_id)
    if tariffs.find(tariff.version) is not None:
        raise ConflictError(f"tariff {tariff.version} is published: take the next number")
    row = TariffVersion(
        tenant_id=tenant_id,
        version=tariff.version,
        fen_per_litre=tariff.fen_per_litre,
        steps=[list(step) for step in tariff.steps],
        actor=actor,
        reason=reason,
        published_at=clock.now(),
    )
    tariffs.add(row)
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="tariff.publish",
        subject=f"tariff:{tariff.version}",
        reason=reason,
    )
    return row


def listed(uow: UnitOfWork, *, tenant_id: str) -> Sequence[TariffVersion]:
    """Every version, highest first."""
    return TariffRepository(uow, tenant_id).listed()


def known(uow: UnitOfWork, *, tenant_id: str) -> dict[int, Tariff]:
    """Every tariff by its version."""
    return {
        row.version: Tariff(
            version=row.version,
            fen_per_litre=row.fen_per_litre,
            steps=[(ml, fen) for ml, fen in row.steps],
        )
        for row in listed(uow, tenant_id=tenant_id)
    }


def strangers(uow: UnitOfWork, *, tenant_id: str) -> list[Stranger]:
    """The machines whose prices nobody can check, by their own word."""
    published = known(uow, tenant_id=tenant_id)
    held = TariffRepository(uow, tenant_id).held()
    return [Stranger(device_id, version) for device_id, version in held if version not in published]
