"""What stopped by itself and waits for a person, a line each."""

from collections.abc import Iterator

from tapline import reports, tenants
from tapline.devices import tariffs
from tapline.payments import bills
from tapline.uow import UnitOfWork


def stops(uow: UnitOfWork) -> Iterator[str]:
    """Of every tenant."""
    for tenant_id in tenants.ids(uow):
        found = reports.stops(uow, tenant_id=tenant_id)
        for one in found.standing:
            of = one.site.name if one.site else one.breaker.key
            yield (
                f"{tenant_id}: automatic money is stopped for {of} since "
                f"{one.breaker.tripped_at:%Y-%m-%d %H:%M} UTC, {len(one.waiting)} pours wait: "
                "see /console/breakers"
            )
        for stop, _ in found.machines:
            yield (
                f"{tenant_id}: {stop.device_id} may not sell, its meter is off by "
                f"{stop.per_mille} ‰: see /console/breakers"
            )
        strangers = tariffs.strangers(uow, tenant_id=tenant_id)
        if strangers:
            yield (
                f"{tenant_id}: {len(strangers)} machines sell by a tariff that was not published "
                f"here, such as {strangers[0].device_id}: see /console/tariffs"
            )
        for bill in bills.overdue(uow, tenant_id=tenant_id):
            yield (
                f"{tenant_id}: the bill of {bill.provider} for {bill.day} is {bill.state.value} "
                f"after {bill.attempts} attempts, {bill.error or 'see its flaws'}: see "
                "/console/bills"
            )
