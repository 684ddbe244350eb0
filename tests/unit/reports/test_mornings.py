"""The words that a manager pastes into the residents' group."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tapline import clock
from tapline.reports.mornings.rules import Morning, Sign, gathered, message

NOON = datetime(2026, 11, 21, 12, tzinfo=clock.BUSINESS_ZONE)
HOUR = timedelta(hours=1)
SITE: Any = SimpleNamespace(name="西溪花园")


def sign(device_id: str, code: str, began: datetime, **changes: Any) -> Sign:
    values = {"ended_at": None, "promised_at": None} | changes
    return Sign(SITE, device_id, f"{device_id} 大厅", code, began, **values)


def morning(*signs: Sign, machines: int = 8) -> Morning:
    return Morning(SITE, date(2026, 11, 21), machines, gathered(signs))


@pytest.mark.req("U35")
def test_what_was_mended_and_what_is_promised_are_told_apart() -> None:
    with clock.frozen(NOON + 20 * HOUR):
        words = morning(
            sign("A", "leak", NOON, ended_at=NOON + 2 * HOUR),
            sign("B", "device_fault", NOON + HOUR, promised_at=NOON + 26 * HOUR),
            sign("C", "inlet_lost", NOON),
        ).words

    assert "A 大厅：漏水，11月21日 12:00 发现，已于 11月21日 14:00 恢复。" in words
    assert (
        "B 大厅：不能正常取水，11月21日 13:00 发现，已安排维修，预计 11月22日 14:00 前修好。"
        in words
    )
    assert "C 大厅：停水，11月21日 12:00 发现，正在处理，修好后另行通知。" in words
    assert "其余 5 台正常。" in words


def test_a_promise_that_has_gone_by_is_not_made_again() -> None:
    with clock.frozen(NOON + 20 * HOUR):
        words = morning(sign("B", "leak", NOON, promised_at=NOON + HOUR)).words

    assert "预计" not in words
    assert "正在处理" in words


def test_all_signs_of_one_machine_are_one_trouble_that_lasts_as_long_as_any() -> None:
    (trouble,) = morning(
        sign("A", "leak", NOON, ended_at=NOON + HOUR),
        sign("A", "pump_fault", NOON + HOUR, ended_at=NOON + 3 * HOUR),
    ).troubles

    assert trouble.codes == ["pump_fault", "leak"]
    assert (trouble.began_at, trouble.fixed_at) == (NOON, NOON + 3 * HOUR)


def test_an_alarm_of_minutes_is_nothing_to_write_about() -> None:
    assert morning(sign("A", "leak", NOON, ended_at=NOON + timedelta(minutes=3))).troubles == []


@pytest.mark.req("U35")
def test_a_quiet_night_is_one_line() -> None:
    quiet = morning()

    assert quiet.words == "【西溪花园 饮水机】11月21日：8 台设备全部正常。"
    assert message([quiet, quiet]) == "晨报：昨日 16 台饮水机全部正常。"
