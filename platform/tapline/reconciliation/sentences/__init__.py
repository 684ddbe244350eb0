"""Findings in one plain sentence, Chinese and English, made of their figures alone."""

from collections.abc import Mapping

from tapline.reconciliation.model import Finding, Side
from tapline.reconciliation.sentences import barrels, chains, feeds, machines, money, pours
from tapline.reconciliation.sentences.words import ZH, Sentence, Words, yuan

__all__ = ["CODES", "ZH", "plain", "responsibility", "yuan"]

_FAMILIES = (pours, chains, machines, money, barrels, feeds)
_SENTENCES: Mapping[str, Sentence] = {
    code: tell for family in _FAMILIES for code, tell in family.SENTENCES.items()
}
_WHY: Mapping[str, Words] = {code: why for family in _FAMILIES for code, why in family.WHY.items()}

CODES = tuple(sorted(_SENTENCES))
"""Every rule that finds something."""

_SIDES: Mapping[Side, Words] = {
    Side.OPERATOR: ("运营商", "the operator"),
    Side.PROPERTY: ("物业", "the property"),
    Side.VENDOR: ("设备厂商", "the vendor"),
    Side.CUSTOMER: ("用户", "the customer"),
}
_NO_SUPPLY = (
    "当时现场停电或停水。",
    "Power or water was cut off at the site at the time.",
)


def plain(finding: Finding, locale: str) -> str:
    """What was found, in the words of `locale` (`zh_CN`; any other is English). No card number."""
    zh, en = _SENTENCES[finding.code](finding)
    return zh if locale == ZH else en


def responsibility(finding: Finding, locale: str) -> str:
    """Who is proposed to bear it, and why: a proposal, for staff and the sides, not customers."""
    zh, en = _SIDES[finding.side]
    why_zh, why_en = _WHY[finding.code]
    if finding.side is Side.PROPERTY:
        why_zh, why_en = _NO_SUPPLY
    return f"建议责任方：{zh}。{why_zh}" if locale == ZH else f"Proposed: {en}. {why_en}"
