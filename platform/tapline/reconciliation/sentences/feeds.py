"""What a maker's cloud says otherwise than its machine."""

from collections.abc import Mapping

from tapline.reconciliation.model import Finding
from tapline.reconciliation.sentences.words import Sentence, Words, yuan


def _otherwise(finding: Finding) -> Words:
    return _WHAT[finding.facts["why"]](finding)


def _amount(finding: Finding) -> Words:
    told, fact = yuan(finding.facts["told_fen"]), yuan(finding.facts["fact_fen"])
    return (
        f"设备签名记录扣款 {fact} 元，厂商云端报 {told} 元：以设备记录为准",
        f"The machine's signed record says ¥{fact}, its maker's cloud ¥{told}: "
        "the machine's stands",
    )


def _water(finding: Finding) -> Words:
    told, fact = finding.facts["told_ml"], finding.facts["fact_ml"]
    return (
        f"设备记录出水 {fact} 毫升，厂商云端报 {told} 毫升：以设备记录为准",
        f"The machine says {fact} ml came, its maker's cloud {told} ml: the machine's stands",
    )


def _unknown(finding: Finding) -> Words:
    amount = yuan(finding.amount_fen)
    return (
        f"厂商云端报有一笔 {amount} 元的取水，设备没有上报",
        f"The maker's cloud tells of a sale of ¥{amount} that the machine never told",
    )


def _silent(finding: Finding) -> Words:
    facts = finding.facts
    n, amount = facts["n"], yuan(facts["fact_fen"])
    return (
        f"{facts['day']} 设备上报的取水中有 {n} 笔（{amount} 元）厂商云端没有",
        f"On {facts['day']} the machine told of {n} sales (¥{amount}) that its maker's cloud "
        "did not",
    )


_WHAT: Mapping[str, Sentence] = {
    "amount": _amount,
    "water": _water,
    "unknown": _unknown,
    "silent": _silent,
}

SENTENCES: Mapping[str, Sentence] = {"D26": _otherwise}

WHY: Mapping[str, Words] = {
    "D26": (
        "两份记录都来自厂商的系统。",
        "Both accounts come from the maker's systems.",
    ),
}
