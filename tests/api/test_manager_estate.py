"""A manager's schematic, machine, logbook, consumption and morning card."""

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from tapline import clock, faults, reports, tickets
from tapline.people import Scope
from tapline.tickets import Source
from tapline.uow import Database
from tests.api.browsing import PICTURE, Visitor, words_of
from tests.world import World

Visit = Callable[[str], Visitor]
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def manager(visit: Visit, estate: World) -> Visitor:
    return visit("wuye")


def test_a_schematic_shows_buildings_floors_and_states_and_is_searched(
    manager: Visitor, estate: World
) -> None:
    path = f"/manager/sites/{estate.sites[0].site_id}"
    whole = manager.get(path).text
    bad = manager.get(f"{path}?tone=bad").text
    found = manager.get(f"{path}?q={estate.devices[0]}").text

    assert "1 号楼" in whole
    assert "一层" in whole
    assert 'class="dev bad"' in bad
    assert 'class="dev ok"' not in bad
    assert re.findall(r'class="dev \w+" href="/manager/machines/([^"]+)"', found) == [
        estate.devices[0]
    ]
    assert "没有这样的设备" in manager.get(f"{path}?q=nowhere").text


@pytest.mark.req("C40")
def test_readings_of_a_range_leave_as_csv_with_units_and_extremes(
    manager: Visitor, estate: World
) -> None:
    answer = manager.get(f"/manager/machines/{estate.devices[6]}/readings.csv", **ENGLISH)

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    head, first, *_ = answer.text.removeprefix("\ufeff").splitlines()
    assert "Dissolved solids, tap (mg/L)" in head
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,", first)
    foreign = estate.devices[2]
    assert manager.get(f"/manager/machines/{foreign}/readings.csv").status_code == 404


def test_charts_go_back_in_time_and_forward_again(manager: Visitor, estate: World) -> None:
    path = f"/manager/machines/{estate.devices[6]}"
    earlier = re.search(
        r'href="(\?span=week[^"#]+)[^"]*" data-key="arrowleft"',
        manager.get(f"{path}?span=week").text,
    )
    assert earlier
    before = manager.get(path + earlier[1].replace("&amp;", "&"))

    assert before.status_code == 200
    assert 'data-key="arrowright"' in before.text
    assert manager.get(f"{path}?span=quarter").status_code == 200


def test_heater_lamp_and_card_reader_are_on_the_charts_in_their_units(
    manager: Visitor, estate: World
) -> None:
    page = manager.get(f"/manager/machines/{estate.devices[6]}", **ENGLISH).text
    charts = dict(
        re.findall(
            r'<figure data-chart aria-label="([^"]+)"><h3>.*?<span[^>]*>([^<]+)</span>', page
        )
    )

    assert charts["Boiler temperature"].endswith(" °C")
    assert charts["UV light"].endswith(" W/m²")
    assert charts["UV lamp hours"].endswith(" h")
    assert charts["Heating, share of the time"] == "20 – 20 %"
    assert charts["Heater power"] == "2820 – 2820 W"
    assert charts["Cards held to the reader"] == "24 – 24 /h"
    assert charts["Cards not read"] == "0 – 5 %"
    assert "<dt>UV lamp hours</dt>" in page
    assert "<dt>Cards held to the reader</dt>" not in page, "a counter says nothing by itself"


def test_a_machine_says_which_part_of_its_history_was_simulated(
    manager: Visitor, estate: World, estate_database: Database
) -> None:
    plain = manager.get(f"/manager/machines/{estate.devices[3]}", **ENGLISH).text
    with estate_database.transaction() as uow:
        until = clock.now() - timedelta(days=1)
        faults.days.mark_simulated(
            uow,
            tenant_id="demo",
            device_id=estate.devices[6],
            since=until - timedelta(days=80),
            until=until,
            seed=2,
        )
    told = manager.get(f"/manager/machines/{estate.devices[6]}", **ENGLISH).text

    assert "was simulated, faster than time" in told
    assert "simulated" not in plain


@pytest.mark.req("C40")
@pytest.mark.req("C40", "H329")
def test_a_logbook_tells_meter_alarms_and_abnormal_use_and_leaves_as_excel(
    manager: Visitor, estate: World
) -> None:
    path = f"/manager/machines/{estate.devices[6]}/logbook"
    page = words_of(manager.get(path))
    meters = words_of(manager.get(f"{path}?kind=meter"))
    sheet = load_workbook(io.BytesIO(manager.get(f"{path}.xlsx").content)).active

    assert "水阀打不开" in page
    assert "水阀打不开" not in meters
    assert "80,0" in meters  # the lifetime counter, in litres
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert any(isinstance(row[4], int) and row[4] > 80_000_000 for row in rows[1:])
    assert "8800" not in page


@pytest.mark.req("C41")
def test_consumption_adds_up_by_machine_and_hour_and_names_no_card(
    manager: Visitor, estate: World, estate_database: Database
) -> None:
    month = clock.business_date(clock.now())
    page = manager.get("/manager/consumption")
    sheet = load_workbook(io.BytesIO(manager.get("/manager/consumption/table.xlsx").content)).active
    own = frozenset(site.site_id for site in estate.sites[:2])
    with estate_database.transaction() as uow:
        found = reports.consumption(uow, scope=Scope("demo", own), month=month)

    assert page.status_code == 200
    assert "8800" not in page.text
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    machines = [row for row in rows if row[2] in estate.devices]
    assert sum(row[4] for row in machines) == found.totals.whole.ml  # type: ignore[misc]
    assert len(machines) == 16


@pytest.mark.req("C4", "C6", "H277", "H280", "H375")
def test_the_same_trouble_told_twice_is_one_case_with_number_clock_and_photo(
    manager: Visitor, estate: World, estate_database: Database
) -> None:
    path = f"/manager/machines/{estate.devices[3]}/report"
    first = manager.send(path, [PICTURE], trouble="leak", words="底部滴水")
    again = manager.post(path, trouble="leak")
    other = manager.post(path, trouble="noise")

    assert first.status_code == 303
    assert first.headers["location"] == again.headers["location"]
    assert other.headers["location"] != first.headers["location"]
    page = manager.get(first.headers["location"])
    number = re.search(r"T\d{10}", words_of(page))
    assert number
    assert "底部滴水" in page.text
    (photo,) = set(re.findall(r'src="(/manager/cases/[^"]+)"', page.text))
    assert manager.get(photo).headers["content-type"] == "image/png"
    with estate_database.transaction() as uow:
        [case] = [one for one in tickets.listed(uow, tenant_id="demo") if one.number == number[0]]
    assert case.source is Source.PROPERTY
    assert case.device_id == estate.devices[3]


def test_nobody_reports_a_machine_that_is_not_his(manager: Visitor, estate: World) -> None:
    foreign = estate.devices[2]

    assert manager.get(f"/manager/machines/{foreign}/report").status_code == 404
    assert manager.post(f"/manager/machines/{foreign}/report", trouble="leak").status_code == 404
    assert (
        manager.post(f"/manager/machines/{estate.devices[0]}/report", trouble="x").status_code
        == 422
    )


@pytest.mark.req("U35")
def test_the_morning_card_says_what_broke_and_has_words_for_the_group(
    manager: Visitor, estate: World
) -> None:
    today = clock.business_date(clock.now())
    page = manager.get(f"/manager/morning?day={today}").text
    long_ago = manager.get(f"/manager/morning?day={today - timedelta(days=300)}").text

    (words,) = re.findall(r"<textarea[^>]*>(【西溪花园[^<]+)</textarea>", page)
    assert "水阀打不开" in words
    assert not re.search(r"8800|138|王秀英|周物业", words)
    assert "全部正常" in long_ago


@pytest.mark.req("H277")
def test_somebody_at_the_machine_tells_it_without_signing_in_and_a_manager_comes_to_his_form(
    anybody: TestClient, manager: Visitor, estate: World, estate_database: Database
) -> None:
    device_id = estate.devices[9]
    path = f"/q/{device_id}/report"
    form = anybody.get(path)
    sent = anybody.post(path, data={"trouble": "dirty"}, headers={"origin": "http://testserver"})
    again = manager.post(f"/manager/machines/{device_id}/report", trouble="dirty")

    assert f'href="{path}"' in anybody.get(f"/q/{device_id}").text
    assert form.status_code == sent.status_code == 200
    number = re.search(r"T\d{10}", words_of(sent))
    assert number
    assert number[0] in manager.get(again.headers["location"]).text
    assert manager.get(path).headers["location"] == f"/manager/machines/{device_id}/report"
    with estate_database.transaction() as uow:
        [case] = [one for one in tickets.listed(uow, tenant_id="demo") if one.number == number[0]]
    assert case.source is Source.LABEL
