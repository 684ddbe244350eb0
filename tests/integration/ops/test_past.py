"""The weeks before the demonstration: every page has something to show, and every fen is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tapline import partners, sharing, tenants
from tapline.cards import campaigns, enterprises, issuers, tills
from tapline.cards.issuers import settlements
from tapline.devices import Vault
from tapline.partners import Standing
from tapline.payments import bills
from tapline.people import Scope
from tapline.refunds import goodwill
from tapline.refunds.goodwill import GoodwillState
from tapline.rosters import graduations, schools
from tapline.uow import Database
from tapline_ops.demo import estate, truth
from tapline_ops.demo.fleet import Fleet
from tapline_ops.export import export_all
from tapline_ops.provision import DEMO
from tests import audit
from tests.conftest import Template
from tests.integration.consequences import drain

DEVICES = 6


@pytest.fixture(scope="module")
def database(template: Template) -> Iterator[Database]:
    with template.cloned() as database:
        yield database


@pytest.fixture(scope="module")
def made(database: Database) -> Fleet:
    """The estate, with all that followed from its past."""
    vault, identity = Vault(bytes(32)), Vault(bytes(range(32)))
    with database.transaction() as uow:
        tenants.create(uow, tenant_id=DEMO, name="清源饮水", legal_entity="清源饮水服务有限公司")
        made = estate.build(uow, vault, identity, device_count=DEVICES, seed=7, is_brief=False)
        drain(uow)
    return made


def test_partners_schools_firms_and_tills_have_a_past(database: Database, made: Fleet) -> None:
    with database.transaction() as uow:
        stated = partners.statements(uow, scope=Scope(DEMO))
        held = partners.matters(uow, scope=Scope(DEMO), standings=list(Standing))
        (school,) = schools.listed(uow, tenant_id=DEMO)
        operator, issuer = issuers.listed(uow, tenant_id=DEMO)
        (firm,) = enterprises.listed(uow, tenant_id=DEMO)

        assert {len(one.lines) > 1 for one in stated} == {True}
        assert {standing.standing for standing, _ in held} >= {
            *(Standing.AGREED, Standing.OVERRULED, Standing.OBJECTED, Standing.PROPOSED)
        }
        assert graduations.listed(uow, tenant_id=DEMO, school_id=school.school_id)
        assert settlements.listed(uow, tenant_id=DEMO, issuer_id=issuer.issuer_id)
        (claimed,) = settlements.listed(uow, tenant_id=DEMO, issuer_id=operator.issuer_id)
        signed = sharing.demands.made(uow, tenant_id=DEMO, settlement_id=claimed.settlement_id)
        assert signed is not None
        assert signed.total_fen == claimed.total_fen > 0
        assert enterprises.members(uow, tenant_id=DEMO, enterprise_id=firm.enterprise_id)
        assert {one.approved_at is None for one in campaigns.listed(uow, tenant_id=DEMO)} == {
            *(True, False)
        }
        assert tills.handovers(uow, tenant_id=DEMO)
        assert bills.unsettled(uow, tenant_id=DEMO)
        assert {one.state for one in goodwill.listed(uow, tenant_id=DEMO)} == {
            *(GoodwillState.GIVEN, GoodwillState.ASKED)
        }
        assert sharing.consents.of_tenant(uow, tenant_id=DEMO)


def test_what_is_told_of_the_past_is_what_the_books_hold(
    database: Database, made: Fleet, tmp_path: Path
) -> None:
    (tmp_path / "truth").mkdir()
    truth.add(tmp_path / "truth", made.told)

    export_all(database, tmp_path / "export")

    assert audit.problems(tmp_path / "truth", tmp_path / "export") == []
    assert any(line["t"] == "load" for line in made.told)


def test_machines_go_on_where_their_past_ends(database: Database, made: Fleet) -> None:
    last = {device.device_id: device.memory for device in made.devices}
    pours = [line for line in made.told if line["t"] == "pour"]
    for device_id in {line["device"] for line in pours}:
        of_device = [line for line in pours if line["device"] == device_id]
        assert last[device_id].seq == max(line["seq"] for line in of_device)
        assert last[device_id].fen == sum(line["charged_fen"] for line in of_device)
