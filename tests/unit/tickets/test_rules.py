"""Which findings become cases, and how cases are told and numbered."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tapline.policy import Policy
from tapline.reconciliation import Finding, Resolution
from tapline.tickets import Priority, Ticket
from tapline.tickets.rules import Case, case_of, number, review_of
from tapline.tickets.sentences import headline

POLICY = replace(Policy(), device_ticket_findings=2)


def finding(code: str, resolution: Resolution = Resolution.NONE, **changes: Any) -> Finding:
    return Finding(code=code, device_id="WD-0001", seq=7, resolution=resolution, **changes)


def test_charges_without_water_make_one_case_of_the_machine() -> None:
    expected = Case("device:WD-0001:D01", "no_water", Priority.HIGH, 2)
    assert case_of(finding("D01", Resolution.AUTO), POLICY) == expected


@pytest.mark.parametrize(
    ("code", "subject"), [("D05", "device:WD-0001:D05"), ("D12", "fact:WD-0001:7")]
)
def test_what_no_machine_can_decide_is_a_case(code: str, subject: str) -> None:
    case = case_of(finding(code, Resolution.TICKET), POLICY)
    assert case is not None
    assert (case.subject, case.findings_min) == (subject, 1)


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
    ],
)
def test_a_headline_says_what_it_is_about_without_naming_anybody(
    category: str, facts: dict[str, Any], zh: str, en: str
) -> None:
    ticket = Ticket(category=category, facts=facts, device_id="WD-0001", card_no="88001234")
    assert zh in headline(ticket, "zh_CN")
    assert en in headline(ticket, "en")
    assert "88001234" not in headline(ticket, "zh_CN") + headline(ticket, "en")
