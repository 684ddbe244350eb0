"""A ticket's headline, Chinese and English, made of its figures alone. No card number, no name."""

from collections.abc import Callable, Mapping
from typing import Any

from tapline.reconciliation.sentences import ZH, yuan
from tapline.tickets.model import Ticket

Headline = Callable[[Ticket, dict[str, Any]], tuple[str, str]]
"""Writes a headline of a category, Chinese and English."""


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


def _found(zh: str, en: str) -> Headline:
    """Of a card or machine, and how often; no card number."""

    def write(ticket: Ticket, facts: dict[str, Any]) -> tuple[str, str]:
        count = facts.get("count", 1)
        machine = ticket.device_id
        where_zh, where_en = (f"设备 {machine} ", f"{machine}: ") if machine else ("", "")
        more_zh, more_en = (f"（{count} 处）", f" ({count} findings)") if count > 1 else ("", "")
        head_en = en if machine else en[:1].upper() + en[1:]
        return f"{where_zh}{zh}{more_zh}", f"{where_en}{head_en}{more_en}"

    return write


_OBSTACLES = {
    "assurance": ("证据等级不足", "the evidence is too weak for a machine"),
    "pour": ("单笔金额超过自动退款上限", "it is more than a machine gives back for one pour"),
    "card": ("该卡近 30 天自动退款次数已达上限", "the card was given back money too often lately"),
    "device": ("该设备今日自动退款已达上限", "the machine caused too much of it today"),
    "day": ("今日自动退款总额已达上限", "machines gave back enough for today"),
    "breaker": (
        "同型号或同站点自动退款已熔断",
        "automatic money is stopped for its firmware or site",
    ),
    "meter": ("流量计漂移，出水量不可信", "its meter drifts and cannot say how much came"),
    "decided": ("此前已由人工处理", "a person has decided about it before"),
}


def _refund_review(ticket: Ticket, facts: dict[str, Any]) -> tuple[str, str]:
    zh, en = _OBSTACLES[facts["reason"]]
    amount = yuan(facts["amount_fen"])
    return (
        f"设备 {ticket.device_id} 一笔 {amount} 元退款待审核：{zh}",
        f"A refund of {amount} yuan on {ticket.device_id} waits for a decision: {en}",
    )


_PARTS = {
    "prefilter": ("前置滤芯", "pre-filter"),
    "pump": ("水泵", "pump"),
    "membrane": ("反渗透膜", "membrane"),
}


def _fault_foreseen(ticket: Ticket, facts: dict[str, Any]) -> tuple[str, str]:
    """Where only a rule spoke there is no percentage, and none is made up."""
    zh, en = _PARTS.get(facts["part"], (facts["part"], facts["part"]))
    percent = facts.get("percent")
    likely_zh, likely_en = (
        ("按规则判断", "by rule") if percent is None else (f"概率 {percent}%", f"{percent} %")
    )
    return (
        f"设备 {ticket.device_id} 的{zh}预计将出故障（{likely_zh}）",
        f"The {en} of {ticket.device_id} is expected to fail ({likely_en})",
    )


def _money_stopped(_ticket: Ticket, facts: dict[str, Any]) -> tuple[str, str]:
    of, count = facts["of"], facts["corrections"]
    return (
        f"{of} 的自动退款已熔断：{facts['window_s'] // 3600} 小时内触发 {count} 次",
        f"Automatic money stopped for {of}: {count} corrections in {facts['window_s'] // 3600} h",
    )


def _rollout_stopped(_ticket: Ticket, facts: dict[str, Any]) -> tuple[str, str]:
    of, percent, code = facts["of"], facts["percent"], facts["code"]
    why_zh, why_en = {
        "rate": (f"更新后的设备 {code} 偏多", f"updated machines have more {code}"),
        "failed": ("升级失败过多", "too many updates failed"),
        "breaker": ("自动退款已熔断", "its automatic money was stopped"),
    }.get(facts["rule"], ("待查", "to be looked into"))
    return (
        f"固件 {of} 的推送已在 {percent}% 处自动暂停：{why_zh}",
        f"The rollout of {of} stopped by itself at {percent} %: {why_en}",
    )


def _of_machine(zh: str, en: str) -> Headline:
    """What a machine's own counters, meter or clock give away; the findings say the rest."""

    def write(ticket: Ticket, _facts: dict[str, Any]) -> tuple[str, str]:
        return f"设备 {ticket.device_id} {zh}", f"{ticket.device_id}: {en}"

    return write


def _order(zh: str, en: str) -> Headline:
    """Of an order, by its number; what the customer says stands in the timeline."""

    def write(_ticket: Ticket, facts: dict[str, Any]) -> tuple[str, str]:
        number = facts.get("number", "")
        return f"订单 {number} {zh}".replace("  ", " "), f"Order {number} {en}".replace("  ", " ")

    return write


def _told(zh: str, en: str) -> Headline:
    """What kind of trouble, where, and in the words of who told it."""

    def write(ticket: Ticket, facts: dict[str, Any]) -> tuple[str, str]:
        machine, words = ticket.device_id, str(facts.get("words", ""))
        head_zh = f"设备 {machine} {zh}" if machine else zh
        head_en = f"{machine}: {en}" if machine else en[:1].upper() + en[1:]
        return (f"{head_zh}：{words}", f"{head_en}: {words}") if words else (head_zh, head_en)

    return write


def _reported(ticket: Ticket, facts: dict[str, Any]) -> tuple[str, str]:
    words = str(facts.get("words", ""))
    return f"用户反映：{words}", f"Reported: {words}"


_UNSAFE = {
    "uv": ("紫外灯故障", "its UV lamp failed"),
    "membrane": ("反渗透膜泄漏", "its membrane leaks"),
    "tds": ("出水 TDS 异常", "too much is dissolved in it"),
    "laboratory": ("水样检测不合格", "a sample failed"),
    "hand": ("现场发现水质问题", "somebody found it bad"),
}


def _water_unsafe(ticket: Ticket, facts: dict[str, Any]) -> tuple[str, str]:
    zh, en = _UNSAFE.get(facts.get("cause", ""), ("水质问题", "its water is not safe"))
    machine = ticket.device_id
    return f"设备 {machine} 因水质停售：{zh}", f"{machine} stopped for its water: {en}"


def _bad_water_owed(ticket: Ticket, facts: dict[str, Any]) -> tuple[str, str]:
    amount, pours = yuan(facts["fen"]), facts["pours"]
    return (
        f"设备 {ticket.device_id} 水质追溯结案后又查到 {pours} 笔取水、{amount} 元待退还",
        f"{ticket.device_id}: {pours} pours of bad water, {amount} yuan, came to light after its"
        " case was ended",
    )


_CAUSES = {
    "unknown": ("", ""),
    "power": ("，疑似停电", "; power seems to have failed"),
    "line": ("，疑似网络中断", "; the line seems to have failed"),
    "ours": ("，平台未在接收", "; nobody was listening"),
}


def _outage(_ticket: Ticket, facts: dict[str, Any]) -> tuple[str, str]:
    """Of a site, or of all of them, by what is dark now and was in all."""
    zh, en = _CAUSES[facts["cause"]]
    where_zh, where_en = facts.get("site", "平台"), facts.get("site_en", "The platform")
    most, there, now = facts["most"], facts["all"], facts["machines"]
    if facts["over"] and now:
        return (
            f"{where_zh} 停机已恢复（{most} 台中 {most - now} 台{zh}），{now} 台仍失联，另立工单",
            f"{where_en}: {most - now} of {most} machines are back{en}; the others have own cases",
        )
    if facts["over"]:
        return (
            f"{where_zh} 停机已恢复（共 {most} 台{zh}）",
            f"{where_en}: {most} machines were out and are back{en}",
        )
    return (
        f"{where_zh} {now}/{there} 台设备同时失联{zh}",
        f"{where_en}: {now} of {there} machines went dark together{en}",
    )


_HEADLINES: Mapping[str, Headline] = {
    "no_water": _no_water,
    "number_reused": _number_reused,
    "torn_charge": _torn_charge,
    "refund_review": _refund_review,
    "card_doubtful": _found("水卡疑似被复制或改写", "a card seems copied or tampered with"),
    "card_gap": _found("水卡有记录始终未到", "records of a card never came"),
    "card_arrears": _found("水卡欠费", "a card is in debt"),
    "unknown_card": _found("有未登记的卡在使用", "a card is in use that nobody issued"),
    "late_upload": _found("很久以后才上报的记录", "records came very late"),
    "blocked_sale": _found("向已挂失的卡售水", "it sold to a card on its own block list"),
    "false_proof": _found("卡片验证码不正确", "a card's code is wrong"),
    "discrepancy": _found("对账差异待人工处理", "a difference waits for a decision"),
    "money_stopped": _money_stopped,
    "rollout_stopped": _rollout_stopped,
    "water_given_away": _of_machine("当日免费出水过多", "much of a day's water was given away"),
    "records_missing": _of_machine("有记录长期缺失", "records stay missing"),
    "meter_drift": _of_machine("流量计漂移，已停售", "its meter drifts; it stopped selling"),
    "counters_differ": _of_machine("累计数与记录不符", "its counters differ from its records"),
    "feeds_differ": _of_machine("厂商云端与设备记录不一致", "its maker's cloud tells otherwise"),
    "clock_wrong": _of_machine("时钟长期错误", "its clock has been wrong for a day"),
    "readings_odd": _of_machine(
        "多次上报不可能的读数", "it keeps reporting readings that cannot be"
    ),
    "delivery_disputed": _order("送达数量有争议", "what was delivered is disputed"),
    "machine_dark": _of_machine("长时间失联", "it has not been heard of for long"),
    "site_dark": _outage,
    "platform_dark": _outage,
    "fault_foreseen": _fault_foreseen,
    "round_flaw": _told("巡检异常", "found on a round"),
    "round_late": _told("巡检逾期", "a round is late"),
    "water_unsafe": _water_unsafe,
    "bad_water_owed": _bad_water_owed,
    "device_fault": _told("报修", "reported out of order"),
    "leak": _told("漏水", "a leak is reported"),
    "water_quality": _told("水质问题", "trouble with the water"),
    "card_reader": _told("刷卡无反应", "it does not read cards"),
    "noise": _told("异响", "it makes a noise"),
    "machine_other": _told("其他问题", "something else is wrong"),
    "balance_wrong": _told("卡内余额异常", "the balance of a card is disputed"),
    "card_lost": _told("水卡挂失或补办", "a card is lost"),
    "card_closing": _told("退卡咨询", "a question about closing a card"),
    "order_late": _order("超过约定时段未送达", "did not come in the promised time"),
    "order_undelivered": _order("客户反映未收到", "never came, says the customer"),
    "order_short": _order("客户反映少送", "came in part, says the customer"),
    "service_complaint": _told("服务投诉", "a complaint about service"),
    "call_follow_up": _told("来电待跟进", "a call to follow up"),
}
