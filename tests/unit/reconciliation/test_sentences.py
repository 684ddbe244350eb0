"""What people are told about a finding."""

from typing import Any

import pytest

from tapline.reconciliation import Finding, Resolution, Side
from tapline.reconciliation.sentences import plain, responsibility, yuan

WATER = {"amt_fen": 100, "ml": 0, "ml_req": 1500, "pulses": 0, "status": "no_flow"}
HOLE = {"atc": 3, "from": 2, "to": 2, "left_fen": 4900, "met_fen": 4600}
CASES: list[tuple[str, dict[str, Any], str, str]] = [
    ("D01", WATER, "没有出水", "no water came"),
    ("D01", WATER | {"pulses": None}, "0 毫升", "0 ml"),
    ("D02", WATER | {"ml": 900}, "多扣 0.40 元", "0.40 yuan too much"),
    ("D04", {}, "只计一次", "counts once"),
    (
        "D05",
        {"versions": 2, "amounts_fen": [100, 900], "standing_fen": None},
        "1.00、9.00 元",
        "until a person",
    ),
    (
        "D05",
        {"versions": 2, "amounts_fen": [100, 900], "standing_fen": 100},
        "1.00 元的一种属实",
        "proves the one of 1.00 yuan",
    ),
    ("D06", WATER | {"twin_seq": 8}, "连续扣费两次", "charged twice"),
    ("D07", {"from": 5, "to": 5, "ours": False}, "第 5 号", "Record 5 is missing"),
    ("D07", {"from": 5, "to": 9, "ours": True}, "第 5 至 9 号", "Records 5 to 9 are missing"),
    ("D08", HOLE | {"over": False, "explained": False}, "等待尚未联网", "may still report"),
    ("D08", HOLE | {"over": True, "explained": False}, "等待期已过", "late ones come is over"),
    ("D08", HOLE | {"over": True, "explained": True}, "记录已丢失", "lost records for good"),
    ("D09", HOLE, "由 49.00 元变为 46.00 元", "49.00 yuan became 46.00"),
    (
        "D09",
        {"operations": ["A:1", "B:2"], "decided": True},
        "只证明其中一次",
        "proves one of them",
    ),
    ("D09", {"operations": ["A:1", "B:2"], "decided": False}, "无法判定", "cannot tell"),
    ("D10", HOLE, "多出 0.40 元", "0.40 too much"),
    ("D11", HOLE | {"active": True}, "下次刷卡时补写入卡", "written back at the next tap"),
    ("D11", HOLE | {"active": False}, "以账面余额为准", "its books count"),
    ("D13", WATER | {"age_s": 180_000, "closed": False}, "50 小时后", "50 hours late"),
    ("D13", WATER | {"age_s": 180_000, "closed": True}, "此时卡已注销", "closed already"),
    ("D14", {"since": "2026-11-21"}, "欠费 0.40 元", "owes 0.40 yuan"),
    ("D16", {"amt_fen": 100, "why": "unknown"}, "没有对应的充值凭证", "no voucher of ours"),
    ("D16", {"amt_fen": 100, "why": "other"}, "凭证不符", "says something else"),
    ("D16", {"amt_fen": 100, "why": "twice"}, "已写过一次", "written before"),
    ("D22", {"amt_fen": 100, "knew": True}, "已收到挂失名单", "though the machine had the list"),
    ("D22", {"amt_fen": 100, "knew": False}, "还没有收到", "before the machine had the list"),
    ("D23", {"amt_fen": 100}, "验证码不正确", "is wrong: nothing is booked"),
    ("D25", {"pours": 2, "machines": ["A"]}, "接水 2 次，共 0.40 元", "drew 2 times, 0.40 yuan"),
    *(
        (
            "D27",
            {"number": "B2611220007", "why": why, "tickets": 2, "buckets": 2, "booked": 3},
            *said,
        )
        for why, said in [
            ("not_redeemed", ("只核销了 3 张", "the books used up 3")),
            ("redeemed_twice", ("核销了 3 张", "too many")),
            ("buckets", ("应留桶 2 个", "the books have 3")),
        ]
    ),
    *(
        ("D12", {"amt_fen": 100, "bal_before_fen": 4900, "ml": 0, "verdict": verdict}, zh, en)
        for verdict, zh, en in [
            ("open", "等待", "will decide"),
            ("void", "没有扣费", "nothing was taken"),
            ("charged", "确已扣费", "it was taken"),
            ("unfit", "人工", "a person must look"),
        ]
    ),
]


def finding(code: str, facts: dict[str, Any], side: Side = Side.OPERATOR) -> Finding:
    return Finding(
        code=code,
        device_id="WD-0001",
        seq=5,
        card_no="88001234",
        amount_fen=40,
        resolution=Resolution.NONE,
        side=side,
        facts=facts,
    )


@pytest.mark.parametrize(("code", "facts", "zh", "en"), CASES)
def test_every_finding_is_one_plain_sentence_in_both_languages(
    code: str, facts: dict[str, Any], zh: str, en: str
) -> None:
    one = finding(code, facts)
    assert zh in plain(one, "zh_CN")
    assert en in plain(one, "en")
    assert "88001234" not in plain(one, "zh_CN") + plain(one, "en")


@pytest.mark.req("C20")
def test_responsibility_names_a_side_and_why() -> None:
    assert "运营商" in responsibility(finding("D01", WATER), "zh_CN")
    assert "the vendor" in responsibility(finding("D05", {}, Side.VENDOR), "en")
    cut_off = finding("D01", WATER, Side.PROPERTY)
    assert "the property" in responsibility(cut_off, "en")
    assert "cut off" in responsibility(cut_off, "en")


def test_amounts_are_written_in_yuan() -> None:
    assert [yuan(fen) for fen in (0, 5, 1230, -70)] == ["0.00", "0.05", "12.30", "-0.70"]
