"""Safe water on pages: recorded at the desk, seen by everybody, nothing told of people."""

import io
import zipfile
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from tapline import clock, tickets, water
from tapline.devices import commands
from tapline.devices.commands import CommandState
from tapline.files import sheets
from tapline.tickets import About
from tapline.uow import Database
from tapline.water import samples, stops, traces
from tapline_api.codes import picture
from tests.api.browsing import Visitor, words_of
from tests.api.conftest import HOTLINE
from tests.world import World
from tests.world_water import BAD, GOOD

ENGLISH = {"accept-language": "en"}


@pytest.fixture
def machine(estate: World) -> str:
    """A machine of the third site that sells."""
    return estate.devices[11]


def typed(**values: str) -> dict[str, list[str]]:
    return {"parameter": list(values), "found": list(values.values())}


@pytest.fixture
def released(estate_database: Database, machine: str) -> Iterator[None]:
    """Whatever was done to the machine, it sells afterwards."""
    yield
    with estate_database.transaction() as uow:
        for one in commands.of_device(uow, tenant_id="demo", device_id=machine):
            if one.state in commands.OPEN:
                one.state = CommandState.DONE


@pytest.mark.req("H185", "H305", "U1", "U2")
@pytest.mark.usefixtures("released")
def test_from_a_failed_report_to_the_release_by_a_second_person(
    machine: str,
    agent: Visitor,
    supervisor: Visitor,
    anybody: TestClient,
    estate_database: Database,
) -> None:
    path = f"/console/water/machines/{machine}"
    public = f"/q/{machine}"
    assert "sells water now" in words_of(anybody.get(public, headers=ENGLISH))
    taken = agent.post(f"{path}/samples", laboratory="杭州水质检测中心")
    sample = taken.headers["location"]
    agent.post(
        f"{sample}/report",
        laboratory="杭州水质检测中心",
        report_no="W-7",
        **typed(bacteria="12", coliforms="3", turbidity="0.12", tds="9"),
    )
    page = words_of(agent.get(sample, **ENGLISH))
    assert "beyond" in page
    assert "told, not yet confirmed" in words_of(agent.get("/console/water", **ENGLISH))
    seen = words_of(anybody.get(public, headers=ENGLISH))
    assert "does not sell water now" in seen
    assert "A sample of its water failed." in seen
    assert "Nearest machine that sells:" in seen
    refused = supervisor.post(
        f"/console/machines/{machine}/commands",
        op="resume_sale",
        reason="it looks fine",
    )
    assert refused.status_code == 409
    assert "水质安全" in refused.text
    agent.post(f"{path}/treatments", treatment="filter_change", filter_kind="membrane", note="换膜")
    good = agent.post(f"{path}/samples").headers["location"]
    agent.post(
        f"{good}/report",
        laboratory="杭州水质检测中心",
        **typed(bacteria="2", coliforms="0", turbidity="0.10", tds="8"),
    )
    sample_id = good.rpartition("/")[2]
    assert agent.post(f"{path}/release", sample_id=sample_id, words="x").status_code == 403
    done = supervisor.post(f"{path}/release", sample_id=sample_id, words="换膜，复检合格")
    assert done.status_code == 303
    seen = words_of(anybody.get(public, headers=ENGLISH))
    assert "sells water now" in seen
    assert "does not sell" not in seen
    with estate_database.transaction() as uow:
        last = commands.of_device(uow, tenant_id="demo", device_id=machine)[0]
    assert last.op == "resume_sale"


@pytest.mark.req("C38", "H305", "H309", "H407", "U2")
def test_everybody_sees_a_machines_tests_readings_filters_and_the_hotline_by_its_code(
    estate: World, anybody: TestClient, agent: Visitor, estate_database: Database
) -> None:
    device_id = estate.devices[6]
    site = estate.sites[0]
    with estate_database.transaction() as uow:
        sample = water.record_sample(
            uow, tenant_id="demo", device_id=device_id, actor="lin.xia", at=clock.now()
        )
        water.report(
            uow,
            tenant_id="demo",
            sample_id=sample.sample_id,
            laboratory="杭州水质检测中心",
            report_no="W-8",
            readings=GOOD,
            actor="lin.xia",
        )
        water.record_treatment(
            uow,
            tenant_id="demo",
            device_id=device_id,
            kind=water.TreatmentKind.DISINFECTION,
            actor="lin.xia",
            at=clock.now(),
        )
    page = anybody.get(f"/q/{device_id}")
    words = words_of(page)
    assert page.headers["content-language"] == "zh-CN"
    for shown in ("杭州水质检测中心", "mg/L", HOTLINE, "<polyline"):
        assert shown in (words + page.text), shown
    for private in ("lin.xia", "林夏", "水质主管", "王秀英"):
        assert private not in page.text
    listed = words_of(anybody.get(f"/q/sites/{site.site_id}"))
    assert device_id in listed
    poster = anybody.get(f"/q/sites/{site.site_id}/poster").text
    assert picture(f"http://testserver/q/sites/{site.site_id}") in poster
    sheet = agent.get(f"/console/labels?machine={device_id}&to=water").text
    assert picture(f"http://testserver/q/{device_id}") in sheet
    assert anybody.get("/q/NO-SUCH").status_code == 404


@pytest.mark.usefixtures("released")
def test_after_a_stop_by_an_event_only_a_sample_taken_since_is_offered_for_the_release(
    machine: str, agent: Visitor, supervisor: Visitor, estate_database: Database
) -> None:
    path = f"/console/water/machines/{machine}"

    def passed() -> str:
        taken = agent.post(f"{path}/samples").headers["location"]
        values = typed(bacteria="2", coliforms="0", turbidity="0.10", tds="8")
        agent.post(f"{taken}/report", laboratory="杭州水质检测中心", **values)
        return taken.rpartition("/")[2]

    before = passed()
    with estate_database.transaction() as uow:
        stops.on_report(
            uow,
            tenant_id="demo",
            device_id=machine,
            code="uv_failed",
            raised=True,
            data={},
            moment=None,
        )
    page = supervisor.get(path, **ENGLISH)
    assert "Its UV lamp failed." in words_of(page)
    assert "No passed sample was taken since it was treated." in words_of(page)
    assert f'value="{before}"' not in page.text
    untold = agent.post(f"{path}/treatments", treatment="filter_change")
    assert untold.status_code in {400, 422}
    assert "更换的是哪个滤芯" in untold.text
    agent.post(f"{path}/treatments", treatment="filter_change", filter_kind="uv_lamp")
    since = passed()
    page = supervisor.get(path, **ENGLISH)
    assert f'value="{since}"' in page.text
    assert f'value="{before}"' not in page.text
    done = supervisor.post(f"{path}/release", sample_id=since, words="换灯管，复检合格")
    assert done.status_code == 303


def test_nobody_is_told_that_a_machine_sells_which_is_out_of_order(
    estate: World, anybody: TestClient
) -> None:
    page = words_of(anybody.get(f"/q/{estate.devices[6]}", headers=ENGLISH))
    assert "No water may come from this machine now." in page
    assert "sells water now" not in page
    assert "Nearest machine that sells:" in page
    site = anybody.get(f"/q/sites/{estate.sites[0].site_id}", headers=ENGLISH)
    assert "no water now" in words_of(site)


@pytest.mark.req("C38")
def test_a_manager_finds_the_public_page_of_his_site_and_its_code(
    estate: World, visit: Callable[[str], Visitor]
) -> None:
    manager = visit("wuye")
    site_id = estate.sites[0].site_id
    page = manager.get(f"/manager/sites/{site_id}/water")
    assert f"/q/sites/{site_id}" in page.text
    assert picture(f"http://testserver/q/sites/{site_id}") in page.text
    assert manager.get(f"/manager/sites/{estate.sites[2].site_id}/water").status_code == 404


@pytest.mark.req("U3")
def test_a_case_is_traced_told_and_packed_and_names_are_for_leaders_alone(
    estate: World,
    estate_ids: dict[str, str],
    agent: Visitor,
    supervisor: Visitor,
    estate_database: Database,
) -> None:
    path = f"/console/water/traces/{estate_ids['trace_id']}"
    assert "nobody is told yet" in words_of(supervisor.get(path, **ENGLISH))
    assert agent.post(f"{path}/tell").status_code == 403
    packed = {
        who: zipfile.ZipFile(io.BytesIO(visitor.get(f"{path}/pack.zip").content))
        for who, visitor in (("agent", agent), ("supervisor", supervisor))
    }
    assert "customers.xlsx" not in packed["agent"].namelist()
    assert "customers.xlsx" in packed["supervisor"].namelist()
    with estate_database.transaction() as uow:
        pours = traces.case(uow, tenant_id="demo", trace_id=_id(estate_ids["trace_id"])).numbers
    table = sheets.read(packed["agent"].read("pours.xlsx"))
    assert len(table) == 1 + pours.pours, "every pour has a line under the headings"
    report = packed["agent"].read("report.html").decode()
    assert estate.devices[19] in report
    assert all(purse.card_no not in report for purse in estate.purses)
    supervisor.post(f"{path}/tell")
    with estate_database.transaction() as uow:
        traces.carry(uow, tenant_id="demo", trace_id=_id(estate_ids["trace_id"]))
        case = traces.case(uow, tenant_id="demo", trace_id=_id(estate_ids["trace_id"]))
    assert sum(case.told.values()) == case.numbers.customers


@pytest.mark.req("U3")
def test_a_case_of_bad_barrels_says_to_the_agent_what_comes_next(
    estate: World, estate_ids: dict[str, str], agent: Visitor, estate_database: Database
) -> None:
    trace_id = estate_ids["trace_id"]
    with estate_database.transaction() as uow:
        ticket = tickets.report(
            uow,
            tenant_id="demo",
            category="water_quality",
            about=About(
                facts={"words": "L2611-07", "lot": "L2611-07", "trace": trace_id},
                device_id=estate.devices[19],
            ),
            actor="system",
            words="L2611-07",
            subject="order:of-a-bad-lot",
        )
    page = agent.get(f"/console/tickets/{ticket.ticket_id}", **ENGLISH)
    assert "Barrels of lot L2611-07 failed a test. Call the customer" in words_of(page)
    assert f"/console/water/traces/{trace_id}" in page.text


def _id(text: str) -> UUID:
    return UUID(text)


@pytest.mark.req("U3")
def test_the_drill_of_the_quarter_is_held_from_its_page_by_who_may(
    estate_ids: dict[str, str], agent: Visitor, supervisor: Visitor
) -> None:
    path = f"/console/water/drills/{estate_ids['quarter']}"
    assert agent.post(path).status_code == 403
    assert supervisor.post(path).status_code == 303
    assert "he.qing" in words_of(supervisor.get("/console/water", **ENGLISH))
    assert supervisor.post(path).status_code == 409


def test_a_report_with_a_value_that_is_no_number_says_what_to_write(
    estate_ids: dict[str, str], agent: Visitor, estate_database: Database
) -> None:
    path = f"/console/water/samples/{estate_ids['sample_id']}/report"
    answer = agent.post(path, laboratory="x", **typed(turbidity="clear"))
    assert answer.status_code in {400, 422}
    assert "0.12" in answer.text
    with estate_database.transaction() as uow:
        (one,) = [
            one
            for one in samples.listed(uow, tenant_id="demo")
            if str(one.sample_id) == estate_ids["sample_id"]
        ]
    assert one.verdict.value == "waiting"
    assert BAD["coliforms"]
