"""The pages of outages: planning on a phone, telling residents by one key, and uptime defined."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tapline import clock
from tests.api.browsing import Visitor, words_of
from tests.world import World

Visit = Callable[[str], Visitor]


def form_time(hours: float) -> str:
    """A time so many hours from now, as a form's field has it."""
    moment = clock.now() + timedelta(hours=hours)
    return moment.astimezone(clock.BUSINESS_ZONE).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.req("C39")
def test_a_manager_plans_changes_and_calls_off_works_and_is_warned_of_short_notice(
    estate: World, visit: Visit
) -> None:
    manager = visit("wuye")
    site = str(estate.sites[1].site_id)
    answer = manager.post(
        "/manager/outages",
        site=site,
        starts_at=form_time(2),
        ends_at=form_time(9),
        reason="清洗水箱",
    )
    assert answer.status_code == 303
    path = answer.headers["location"]
    page = words_of(manager.get(path))
    assert "清洗水箱" in page
    assert "24 小时" in page
    assert "清洗水箱" in words_of(manager.get("/manager/outages"))

    changed = manager.post(
        path, version=1, starts_at=form_time(30), ends_at=form_time(37), reason="清洗水箱"
    )
    assert changed.status_code == 303
    stale = manager.post(f"{path}/cancel", version=1)
    assert stale.status_code == 409
    assert manager.post(f"{path}/cancel", version=2).status_code == 303
    assert manager.post(f"{path}/cancel", version=3).status_code == 409


@pytest.mark.req("C39")
def test_of_two_who_change_the_same_works_the_second_reads_what_the_first_did(
    estate: World, visit: Visit
) -> None:
    manager, desk = visit("wuye"), visit("he.qing")
    times = {"starts_at": form_time(40), "ends_at": form_time(43)}
    made = manager.post(
        "/manager/outages", site=str(estate.sites[1].site_id), reason="换管", **times
    )
    path = made.headers["location"]
    same = path.replace("/manager/", "/console/")
    assert desk.post(same, version=1, reason="换主管", **times).status_code == 303

    late = manager.post(path, version=1, reason="换支管", **times | {"ends_at": form_time(50)})

    assert late.status_code == 409
    told, _, form = late.text.partition('name="version" value="2"')
    assert "换主管" in told
    assert '<span title="he.qing">何青</span>' in told
    assert 'value="换支管"' in form, "what he wrote is kept"
    assert form_time(50) in form
    assert "换主管" in words_of(manager.get(path))
    assert "何青" in manager.post(f"{path}/cancel", version=1).text
    sent_again = manager.post(path, version=2, reason="换支管", **times)
    assert sent_again.status_code == 303


def test_a_site_that_is_not_his_he_cannot_plan_for(estate: World, visit: Visit) -> None:
    answer = visit("wuye").post(
        "/manager/outages",
        site=str(estate.sites[2].site_id),
        starts_at=form_time(2),
        ends_at=form_time(3),
        reason="x",
    )

    assert answer.status_code == 404


@pytest.mark.req("C39", "H303")
def test_words_for_the_residents_are_ready_and_sent_once(
    estate_ids: dict[str, str], visit: Visit
) -> None:
    supervisor = visit("he.qing")
    page = supervisor.get("/console/outages")
    assert "西溪花园 5 台直饮水机自" in page.text
    assert 'data-key="n"' in page.text
    path = f"/console/outages/{estate_ids['incident_id']}/announce"

    assert supervisor.post(path, words="西溪花园停电，恢复后可取水。").status_code == 303
    assert supervisor.post(path, words="又一次").status_code == 409
    assert "西溪花园停电，恢复后可取水。" in words_of(visit("wuye").get("/manager/outages"))


@pytest.mark.req("C39")
def test_who_drinks_there_reads_of_it_on_his_own_page(
    estate_ids: dict[str, str], visit: Visit
) -> None:
    assert "更换主管道阀门" in words_of(visit("13800138000").get("/portal"))


def test_whoever_scans_the_machine_reads_of_it(
    estate: World, estate_ids: dict[str, str], visit: Visit
) -> None:
    manager = visit("wuye")
    site = manager.get(f"/manager/sites/{estate.sites[0].site_id}")

    assert "更换主管道阀门" in words_of(site)


@pytest.mark.req("C39", "H356")
def test_uptime_is_printed_with_what_it_means_and_taken_out_as_a_table(visit: Visit) -> None:
    for who, door in (("wuye", "manager"), ("he.qing", "console")):
        client = visit(who)
        page = words_of(client.get(f"/{door}/outages/uptime"))
        assert "可用率" in page
        assert "每一秒只属于一个部分" in page
        table = client.get(f"/{door}/outages/uptime/table.xlsx")
        assert table.headers["content-type"].endswith("sheet")
        assert table.content[:2] == b"PK"
