"""Which findings become cases, and how cases are told and numbered."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from tapline.errors import InvalidError
from tapline.policy import Policy
from tapline.reconciliation import Finding, Resolution
from tapline.tickets import CATEGORIES, About, Source, Ticket
from tapline.tickets.rules import Case, case_of, number, reported, review_of
from tapline.tickets.sentences import headline

POLICY = replace(Policy(), device_ticket_findings=2)


def finding(code: str, resolution: Resolution = Resolution.NONE, **changes: Any) -> Finding:
    values = {"needs_person": resolution is Resolution.TICKET} | changes
    return Finding(code=code, device_id="WD-0001", seq=7, resolution=resolution, **values)


def test_charges_without_water_make_one_case_of_the_machine() -> None:
    expected = Case("device:WD-0001:D01", "no_water", 2)
    assert case_of(finding("D01", Resolution.AUTO), POLICY) == expected


@pytest.mark.parametrize(
    ("code", "subject"), [("D05", "device:WD-0001:D05"), ("D12", "fact:WD-0001:7")]
)
def test_what_no_machine_can_decide_is_a_case(code: str, subject: str) -> None:
    case = case_of(finding(code, Resolution.TICKET), POLICY)
    assert case is not None
    assert (case.subject, case.findings_min) == (subject, 1)


@pytest.mark.parametrize(
    ("code", "subject", "category"),
    [
        ("D09", "card:8:card_doubtful", "card_doubtful"),
        ("D16", "card:8:card_doubtful", "card_doubtful"),
        ("D11", "card:8:card_gap", "card_gap"),
        ("D22", "device:WD-0001:D22", "blocked_sale"),
        ("D99", "device:WD-0001:D99", "discrepancy"),
    ],
)
def test_whatever_waits_for_a_person_is_a_case_of_its_card_or_machine(
    code: str, subject: str, category: str
) -> None:
    told = finding(code, Resolution.TICKET, card_no="8", subject="device:WD-0001")
    assert case_of(told, POLICY) == Case(subject, category)


@pytest.mark.parametrize("code", ["D02", "D04", "D05", "D06", "D07", "D12"])
def test_what_settles_by_itself_is_none(code: str) -> None:
    assert case_of(finding(code), POLICY) is None


def test_what_never_was_is_none() -> None:
    retracted = finding("D01", retracted_at=datetime(2026, 11, 21, tzinfo=UTC))
    assert case_of(retracted, POLICY) is None


def test_a_torn_charge_and_the_refund_of_the_same_pour_are_one_case() -> None:
    torn = case_of(finding("D12", Resolution.TICKET), POLICY)
    assert torn is not None
    assert torn.subject == review_of("WD-0001", 7).subject


def test_numbers_can_be_said_on_the_phone() -> None:
    assert number(date(2026, 11, 21), 42) == "T2611210042"
    assert number(date(2026, 11, 21), 12345) == "T26112112345"


@pytest.mark.parametrize(
    ("category", "facts", "zh", "en"),
    [
        ("no_water", {"count": 3}, "扣费未出水 3 次", "3 times without giving water"),
        ("number_reused", {"count": 1}, "互相矛盾", "contradicting records"),
        ("torn_charge", {"count": 1}, "无法判定", "cannot be decided"),
        (
            "refund_review",
            {"amount_fen": 5000, "reason": "pour"},
            "50.00 元退款待审核",
            "A refund of 50.00 yuan",
        ),
        ("fault", {"words": "漏水"}, "用户反映：漏水", "Reported: 漏水"),
        ("leak", {"words": "满地水"}, "设备 WD-0001 漏水：满地水", "a leak is reported: 满地水"),
        ("card_lost", {}, "挂失", "a card is lost"),
        ("order_late", {"number": "B1"}, "订单 B1 超过约定时段", "Order B1 did not come"),
        (
            "fault_foreseen",
            {"part": "prefilter", "percent": 83},
            "前置滤芯预计将出故障（概率 83%）",
            "The pre-filter of WD-0001 is expected to fail (83 %)",
        ),
        ("fault_foreseen", {"part": "pump", "percent": None}, "按规则判断", "by rule"),
    ],
)
def test_a_headline_says_what_it_is_about_without_naming_anybody(
    category: str, facts: dict[str, Any], zh: str, en: str
) -> None:
    ticket = Ticket(category=category, facts=facts, device_id="WD-0001", card_no="88001234")
    assert zh in headline(ticket, "zh_CN")
    assert en in headline(ticket, "en")
    assert "88001234" not in headline(ticket, "zh_CN") + headline(ticket, "en")


@pytest.mark.parametrize("category", sorted(CATEGORIES))
def test_every_category_has_a_headline_of_its_own_in_both_languages(category: str) -> None:
    facts = {
        "count": 1,
        "amount_fen": 100,
        "reason": "pour",
        "part": "pump",
        "number": "B1",
        "words": "不出水",
        "of": "RO-50 2.4.1",
        "corrections": 20,
        "window_s": 3600,
        "percent": 5,
        "code": "D01",
        "rule": "rate",
        "cause": "power",
        "site": "西溪花园",
        "site_en": "Xixi Garden",
        "machines": 12,
        "most": 12,
        "all": 20,
        "over": False,
        "pours": 3,
        "fen": 300,
    }
    ticket = Ticket(category=category, facts=facts, device_id="WD-0001")
    told = headline(ticket, "zh_CN"), headline(ticket, "en")
    assert category == "pour_disputed" or not told[0].startswith("用户反映")
    assert told[0] != told[1]


def test_what_is_said_of_an_order_is_one_case_by_whatever_channel_and_name() -> None:
    order_id, customer_id = UUID(int=1), UUID(int=2)
    by_portal = About(source=Source.PORTAL, order_id=order_id, customer_id=customer_id)
    by_phone = About(source=Source.HOTLINE, order_id=order_id, call_id=UUID(int=3))
    subjects = {
        reported("order_late", by_portal).subject,
        reported("order_undelivered", by_phone).subject,
    }
    assert len(subjects) == 1


def test_two_neighbours_who_report_the_same_machine_are_one_case() -> None:
    first, second = (
        About(source=Source.PORTAL, device_id="WD-0001", customer_id=UUID(int=each))
        for each in (1, 2)
    )
    assert reported("leak", first).subject == reported("leak", second).subject
    assert reported("leak", first).subject != reported("device_fault", first).subject


def test_two_cards_that_are_lost_are_two_cases() -> None:
    first, second = (About(source=Source.HOTLINE, card_no=no) for no in ("88001234", "88001235"))
    assert reported("card_lost", first).subject != reported("card_lost", second).subject


def test_a_report_about_nothing_is_asked_what_it_is_about() -> None:
    with pytest.raises(InvalidError, match="say what it is about"):
        reported("leak", About(source=Source.PORTAL))
