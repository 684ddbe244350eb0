"""The demonstration's water has a past: the public page and the desk have something to show."""

from collections.abc import Iterator

import pytest

from tapline import devices, tenants, water
from tapline.devices import Vault, commands
from tapline.uow import Database
from tapline.water import TreatmentKind, Verdict, publication, samples, stops
from tapline.water.stops import StopCause
from tapline_ops.demo import estate
from tapline_ops.provision import DEMO
from tests.conftest import Template
from tests.integration.consequences import drain

DEVICES = 6


@pytest.fixture(scope="module")
def database(template: Template) -> Iterator[Database]:
    """The estate, with all that followed from its past."""
    vault, identity = Vault(bytes(32)), Vault(bytes(range(32)))
    with template.cloned() as database:
        with database.transaction() as uow:
            tenants.create(
                uow, tenant_id=DEMO, name="清源饮水", legal_entity="清源饮水服务有限公司"
            )
            estate.build(uow, vault, identity, device_count=DEVICES, seed=7, is_brief=False)
            drain(uow)
        yield database


def test_everybody_sees_what_was_tested_and_changed(database: Database) -> None:
    with database.transaction() as uow:
        for device in devices.listed(uow, tenant_id=DEMO):
            shown, _, _ = publication.of_machine(uow, device_id=device.device_id)

            assert shown.sells
            assert shown.samples[0].verdict is Verdict.PASSED
            assert shown.samples[0].readings["coliforms"] == 0
            assert shown.disinfected_at
            assert len(shown.filters) >= 2


def test_one_machine_stood_still_until_a_colleague_released_it(database: Database) -> None:
    with database.transaction() as uow:
        (past,) = stops.of_devices(uow, tenant_id=DEMO)
        failed = past.stop
        assert failed.release_sample_id
        again = samples.get(uow, tenant_id=DEMO, sample_id=failed.release_sample_id)
        treated = water.treatments_of(uow, tenant_id=DEMO, device_ids=[failed.device_id])

        assert failed.cause is StopCause.LABORATORY
        assert past.confirmed_at
        assert past.confirmed_at > failed.opened_at
        assert failed.released_by not in {again.taken_by, again.reported_by}
        assert any(
            one.kind is TreatmentKind.DISINFECTION
            and failed.opened_at < one.at < again.taken_at
            and one.file_ids
            for one in treated
        )
        assert commands.sells(uow, device_id=failed.device_id)


def test_a_filter_is_due_and_a_sample_is_at_the_laboratory(database: Database) -> None:
    with database.transaction() as uow:
        machines = [one.device_id for one in devices.listed(uow, tenant_id=DEMO)]
        lives = water.filters(uow, tenant_id=DEMO, device_ids=machines)

        assert any(life.is_due for ones in lives.values() for life in ones)
        assert len(samples.listed(uow, tenant_id=DEMO, verdict=Verdict.WAITING)) == 1
        assert stops.standing(uow, tenant_id=DEMO) == []
