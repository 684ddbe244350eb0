"""Settings, keys and shipments on the pages of the desk."""

from collections.abc import Callable

from tapline import clock, devices
from tapline.devices import configuration, credentials, provisioning
from tapline.uow import Database
from tests import factories
from tests.api.browsing import Visitor, words_of
from tests.world import World

Visit = Callable[[str], Visitor]
ENGLISH = {"accept-language": "en"}


def say(database: Database, device_id: str, **doc: object) -> None:
    """The machine reports the version that is wanted, with these values."""
    with database.transaction() as uow:
        view = configuration.view(uow, tenant_id="demo", device_id=device_id)
        assert view is not None
        device = devices.get(uow, tenant_id="demo", device_id=device_id, lock=True)
        devices.report_config(device=device, version=view.config.version, document=doc)


def test_what_a_machine_does_not_take_over_is_listed_field_by_field(
    estate: World, supervisor: Visitor, agent: Visitor, estate_database: Database
) -> None:
    machine = estate.devices[-2]
    form = {"level": "device", "key": machine, "reason": "quieter"}
    assert agent.post("/console/settings", name="tele_s", value="90", **form).status_code == 403
    for name, value in (("tele_s", "90"), ("idle_s", "7")):
        sent = supervisor.post("/console/settings", name=name, value=value, **form)
        assert sent.status_code == 303
    assert "not reported yet" in words_of(supervisor.get(f"/console/machines/{machine}", **ENGLISH))

    say(estate_database, machine, tele_s=90, idle_s=20)
    words = words_of(supervisor.get("/console/settings", **ENGLISH))
    assert machine in words
    assert "closes the valve without flow after, s: 20 → 7" in words
    assert "reports its sensors every, s: 90" not in words
    assert "何青 : quieter" in words

    again = supervisor.post(f"/console/settings/{machine}/push", reason="somebody pressed keys")
    assert again.status_code == 303
    say(estate_database, machine, tele_s=90, idle_s=7)
    page = supervisor.get(f"/console/settings/{machine}", **ENGLISH)
    assert "in force on the machine" in words_of(page)
    assert "differs" not in words_of(page)
    for name in ("tele_s", "idle_s"):
        supervisor.post("/console/settings", name=name, value="", **form)


def test_a_site_goes_before_a_model_and_nonsense_is_refused(
    estate: World, supervisor: Visitor, estate_database: Database
) -> None:
    site = str(estate.sites[-1].site_id)
    model = {"level": "model", "key": "RO-50", "name": "tot_s", "reason": "x"}
    for_site = {"level": "site", "key": site, "name": "tot_s", "reason": "x"}
    supervisor.post("/console/settings", value="600", **model)
    supervisor.post("/console/settings", value="900", **for_site)
    with estate_database.transaction() as uow:
        wanted = {
            view.device.site_id: view.config.document["tot_s"]
            for view in configuration.listed(uow, tenant_id="demo")
            if "tot_s" in view.config.document
        }
    assert wanted[estate.sites[-1].site_id] == 900

    for value in ("1", "x", "999999999"):
        assert supervisor.post("/console/settings", value=value, **model).status_code == 422
    for form in (model, for_site):
        supervisor.post("/console/settings", value="", **form)


def test_a_key_is_revoked_by_a_supervisor_with_a_reason(
    estate: World, supervisor: Visitor, agent: Visitor, estate_database: Database
) -> None:
    machine = "KEY-0001"
    with estate_database.transaction() as uow:
        factories.device(uow, machine)
    path = f"/console/machines/{machine}"
    assert agent.post(f"{path}/key/revoke", reason="stolen").status_code == 403
    assert supervisor.post(f"{path}/key/rotate", reason="yearly").status_code == 303

    assert supervisor.post(f"{path}/key/revoke", reason="stolen").status_code == 303
    assert "nothing that it signs is believed" in words_of(supervisor.get(path, **ENGLISH))
    with estate_database.transaction() as uow:
        assert machine not in credentials.doors(uow)
    assert supervisor.post(f"{path}/key/revoke", reason="again").status_code == 409


def test_a_shipment_list_is_taken_in_whole_or_not_at_all(
    estate: World, supervisor: Visitor, estate_database: Database
) -> None:
    good = "serial,batch,model,firmware\nSH-1,B1,RO-50,2.4.1\nSH-2,B1,RO-50,2.4.1\n"

    def upload(text: str) -> int:
        sent = supervisor.client.post(
            "/console/shipments",
            data={"csrf": supervisor.csrf, "maker": "蓝泉"},
            files={"file": ("list.csv", text.encode(), "text/csv")},
        )
        return sent.status_code

    for bad in ("serial,batch\nSH-1,B1\n", good + "SH 3,B1,RO-50,2\n", good + "SH-1,B1,RO-50,2\n"):
        assert upload(bad) == 422
    with estate_database.transaction() as uow:
        known = {one.serial for one in provisioning.shipped(uow, tenant_id="demo")}
        assert not {"SH-1", "SH-2"} & known

    assert upload(good) == 303
    words = words_of(supervisor.get("/console/shipments", **ENGLISH))
    assert "SH-1" in words
    assert "not claimed yet" in words


def test_a_batch_is_ended_on_the_page(
    estate: World, supervisor: Visitor, estate_database: Database
) -> None:
    with estate_database.transaction() as uow:
        made = provisioning.open_batch(
            uow,
            vault=factories.VAULT,
            tenant_id="demo",
            maker="x",
            batch="x",
            days=9,
            actor="test",
        )
    claim_id = made.batch.claim_id
    supervisor.post(f"/console/shipments/batches/{claim_id}/close", reason="all are here")

    with estate_database.transaction() as uow:
        batches = {one.claim_id: one for one in provisioning.batches(uow, tenant_id="demo")}
        assert batches[claim_id].ends_at <= clock.now()
        assert claim_id not in provisioning.doors(uow)
