"""What an order, the books, its courier and its customer disagree on."""

from collections.abc import Mapping

from tapline.reconciliation.model import Finding
from tapline.reconciliation.sentences.words import Sentence, Words


def _barrels(finding: Finding) -> Words:
    zh, en = _WHAT[finding.facts["why"]](finding)
    number = finding.facts["number"]
    return f"订水单 {number}：{zh}", f"Order {number}: {en}"


def _not_redeemed(finding: Finding) -> Words:
    should, booked = finding.facts["tickets"], finding.facts["booked"]
    return (
        f"应核销水票 {should} 张，账上只核销了 {booked} 张",
        f"its barrels were for {should} tickets, the books used up {booked}",
    )


def _redeemed_twice(finding: Finding) -> Words:
    should, booked = finding.facts["tickets"], finding.facts["booked"]
    return (
        f"应核销水票 {should} 张，账上核销了 {booked} 张",
        f"its barrels were for {should} tickets, the books used up {booked}: too many",
    )


def _buckets(finding: Finding) -> Words:
    should, booked = finding.facts["buckets"], finding.facts["booked"]
    return (
        f"送收相抵应留桶 {should} 个，账上是 {booked} 个",
        f"by the courier's count it left {should} buckets, the books have {booked}",
    )


_ANSWERS: Mapping[str, Words] = {
    "asked": ("正在请配送员核实", "the courier is asked"),
    "none": ("配送员没有答复", "the courier did not answer"),
    "as_counted": ("配送员坚持原数", "the courier stands by his count"),
    "customer_right": ("配送员确认用户说得对，已改正", "the courier agrees; it was put right"),
}


def _doubted(finding: Finding) -> Words:
    facts = finding.facts
    zh, en = _ANSWERS[facts["answer"]]
    return (
        f"配送员记送达 {facts['counted']} 桶、收空桶 {facts['buckets_returned']} 个，"
        f"用户说收到 {facts['received']} 桶、交回 {facts['buckets_given']} 个；{zh}",
        f"the courier counted {facts['counted']} barrels and {facts['buckets_returned']} empties, "
        f"the customer {facts['received']} and {facts['buckets_given']}; {en}",
    )


_WHAT: Mapping[str, Sentence] = {
    "not_redeemed": _not_redeemed,
    "redeemed_twice": _redeemed_twice,
    "buckets": _buckets,
    "doubted": _doubted,
}

SENTENCES: Mapping[str, Sentence] = {"D27": _barrels}

WHY: Mapping[str, Words] = {
    "D27": (
        "送达、收桶与核销由运营商的配送员清点。",
        "The operator's couriers count what they bring and take along.",
    ),
}
