"""A ticket's headline, Chinese and English, made of its figures alone. No card number, no name."""

from typing import Any

from tapline.reconciliation.sentences import ZH, yuan
from tapline.tickets.model import Ticket


def headline(ticket: Ticket, locale: str) -> str:
    """What the ticket is about, in the words of `locale` (`zh_CN`; any other is English)."""
    write = _HEADLINES.get(ticket.category, _reported)
    zh, en = write(ticket, ticket.facts)
    return zh if locale == ZH else en


def _no_water(ticket: Ticket, facts: dict[str, Any]) -> tuple[str, str]:
    count = facts["count"]
    return (
        f"设备 {ticket.device_id} 扣费未出水 {count} 次",
        f"{ticket.device_id} charged {count} times without giving water",
    )


def _number_reused(ticket: Ticket, facts: dict[str, Any]) -> tuple[str, str]:
    count = facts["count"]
    return (
        f"设备 {ticket.device_id} 有 {count} 个编号出现互相矛盾的记录",
        f"{ticket.device_id} sent contradicting records under {count} numbers",
    )


def _torn_charge(ticket: Ticket, facts: dict[str, Any]) -> tuple[str, str]:
    return (
        f"设备 {ticket.device_id} 一次中断的扣费无法判定",
        f"An interrupted charge on {ticket.device_id} cannot be decided",
    )


_OBSTACLES = {
    "assurance": ("证据等级不足", "the evidence is too weak for a machine"),
    "pour": ("单笔金额超过自动退款上限", "it is more than a machine gives back for one pour"),
    "card": ("该卡近 30 天自动退款次数已达上限", "the card was given back money too often lately"),
    "device": ("该设备今日自动退款已达上限", "the machine caused too much of it today"),
    "decided": ("此前已由人工处理", "a person has decided about it before"),
}


def _refund_review(ticket: Ticket, facts: dict[str, Any]) -> tuple[str, str]:
    zh, en = _OBSTACLES[facts["reason"]]
    amount = yuan(facts["amount_fen"])
    return (
        f"设备 {ticket.device_id} 一笔 {amount} 元退款待审核：{zh}",
        f"A refund of {amount} yuan on {ticket.device_id} waits for a decision: {en}",
    )


def _reported(ticket: Ticket, facts: dict[str, Any]) -> tuple[str, str]:
    words = str(facts.get("words", ""))
    return f"用户反映：{words}", f"Reported: {words}"


_HEADLINES = {
    "no_water": _no_water,
    "number_reused": _number_reused,
    "torn_charge": _torn_charge,
    "refund_review": _refund_review,
}
