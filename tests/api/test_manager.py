"""What a property manager sees: his sites, and what needs him first. And the wallboard."""

import json
import re
from collections.abc import Callable

import pytest

from tests.api.browsing import Visitor
from tests.world import PHONE, World


def test_what_needs_him_comes_worst_first_and_before_the_numbers(
    visit: Callable[[str], Visitor], estate: World
) -> None:
    page = visit("wuye").get("/manager").text

    positions = [page.index(word) for word in ("水阀打不开", "滤芯到期", "今日出水")]
    assert positions == sorted(positions)
    assert "退款待审核" not in page


def test_a_site_shows_every_machine_by_colour_and_by_mark(
    visit: Callable[[str], Visitor], estate: World
) -> None:
    page = visit("wuye").get(f"/manager/sites/{estate.sites[0].site_id}").text

    shown = re.findall(r'class="sign (\w+)"[^>]*>([^<]+)<', page)
    assert len(shown) == 8
    assert set(shown) <= {("ok", "✓"), ("warn", "!"), ("bad", "!!"), ("off", "×")}
    assert ("bad", "!!") in shown


def test_a_machine_shows_readings_alarms_and_findings_and_no_card(
    visit: Callable[[str], Visitor], estate: World
) -> None:
    page = visit("wuye").get(f"/manager/machines/{estate.devices[6]}").text

    charts = [
        json.loads(text)
        for text in re.findall(r'<script type="application/json">(.*?)</script>', page)
    ]
    assert {chart["unit"] for chart in charts} >= {"mg/L", "kPa", "°C"}
    assert all(chart["points"] for chart in charts)
    assert "水阀打不开" in page
    assert "没有出水" in page
    assert "8800" not in page
    assert "**** " not in page


def test_a_span_that_is_none_is_not_found_rather_than_guessed(
    visit: Callable[[str], Visitor], estate: World
) -> None:
    visitor = visit("wuye")

    assert visitor.get(f"/manager/machines/{estate.devices[6]}?span=month").status_code == 200
    assert visitor.get(f"/manager/machines/{estate.devices[6]}?span=age").status_code == 422


@pytest.mark.req("H209")
def test_the_wallboard_tells_the_age_of_its_data_and_nobodys_name(
    visit: Callable[[str], Visitor], estate: World
) -> None:
    answer = visit(PHONE).client.get(f"/board?token={estate.board_token}")

    assert answer.status_code == 200
    assert "数据延迟" in answer.text
    assert "data-read-at=" in answer.text
    assert not re.search(r"8800000|138|王秀英|林夏", re.sub(r"<[^>]+>", " ", answer.text))
    oldest_first = re.findall(r"<time>(\d+) (分钟|秒)</time>", answer.text)
    seconds = [int(n) * (60 if unit == "分钟" else 1) for n, unit in oldest_first]
    assert seconds == sorted(seconds, reverse=True)
