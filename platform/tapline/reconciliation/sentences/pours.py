"""What a debit gave for its money."""

from collections.abc import Mapping
from typing import Any

from tapline.reconciliation.model import Finding
from tapline.reconciliation.sentences.words import Sentence, Words, yuan


def _no_water(finding: Finding) -> Words:
    facts = finding.facts
    paid = yuan(facts["amt_fen"])
    zh, en = _meter(facts)
    return (
        f"{zh}，卡上扣了 {paid} 元：没有出水",
        f"{en}, yet {paid} yuan was taken from the card: no water came",
    )


def _meter(facts: dict[str, Any]) -> Words:
    ml, pulses = facts["ml"], facts["pulses"]
    if pulses is None:
        return f"流量计记录 {ml} 毫升", f"The flow meter counted {ml} ml"
    return (
        f"流量计 {pulses} 个脉冲、{ml} 毫升",
        f"The flow meter counted {pulses} pulses, {ml} ml",
    )


def _partial(finding: Finding) -> Words:
    facts = finding.facts
    paid, back = yuan(facts["amt_fen"]), yuan(finding.amount_fen)
    return (
        f"应出水 {facts['ml_req']} 毫升，实际 {facts['ml']} 毫升，扣了 {paid} 元：多扣 {back} 元",
        f"{facts['ml']} ml came of the {facts['ml_req']} ml asked for, and {paid} yuan was taken: "
        f"{back} yuan too much",
    )


def _double(finding: Finding) -> Words:
    facts = finding.facts
    paid = yuan(facts["amt_fen"])
    return (
        f"同一张卡在同一出水口连续扣费两次，其中 {paid} 元的一次没有出水",
        f"The card was charged twice in a row at one nozzle, and the charge of {paid} yuan gave no "
        "water",
    )


def _mispriced(finding: Finding) -> Words:
    facts = finding.facts
    paid, off = yuan(facts["amt_fen"]), yuan(abs(facts["over_fen"]))
    if facts["over_fen"] < 0:
        return (
            f"扣了 {paid} 元，比价目表 {facts['tariff']} 少收 {off} 元：不向用户补收",
            f"{paid} yuan was taken, {off} yuan less than tariff {facts['tariff']} asks: nobody is "
            "charged for it",
        )
    return (
        f"扣了 {paid} 元，比价目表 {facts['tariff']} 多收 {off} 元",
        f"{paid} yuan was taken, {off} yuan more than tariff {facts['tariff']} asks",
    )


SENTENCES: Mapping[str, Sentence] = {
    "D01": _no_water,
    "D02": _partial,
    "D06": _double,
    "D24": _mispriced,
}

WHY: Mapping[str, Words] = {
    "D01": (
        "水阀、水泵或流量计属于设备，由运营商维护。",
        "Valve, pump and flow meter belong to the machine, which the operator maintains.",
    ),
    "D02": (
        "水阀、水泵或滤芯属于设备，由运营商维护。",
        "Valve, pump and filters belong to the machine, which the operator maintains.",
    ),
    "D06": (
        "读卡与出水的配合由设备控制。",
        "The machine controls how card reader and nozzle work together.",
    ),
    "D24": (
        "价格由运营商发布并下发到设备。",
        "The operator publishes prices and sends them to machines.",
    ),
}
