"""Findings in one plain sentence, Chinese and English, made of their figures alone."""

from typing import Any

from tapline.reconciliation.model import Finding, Side

ZH = "zh_CN"


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


def yuan(fen: int) -> str:
    """An amount as people write it: `12.30`."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _no_water(finding: Finding) -> tuple[str, str]:
    facts = finding.facts
    paid = yuan(facts["amt_fen"])
    zh, en = _meter(facts)
    return (
        f"{zh}，卡上扣了 {paid} 元：没有出水",
        f"{en}, yet {paid} yuan was taken from the card: no water came",
    )


def _meter(facts: dict[str, Any]) -> tuple[str, str]:
    ml, pulses = facts["ml"], facts["pulses"]
    if pulses is None:
        return f"流量计记录 {ml} 毫升", f"The flow meter counted {ml} ml"
    return (
        f"流量计 {pulses} 个脉冲、{ml} 毫升",
        f"The flow meter counted {pulses} pulses, {ml} ml",
    )


def _partial(finding: Finding) -> tuple[str, str]:
    facts = finding.facts
    paid, back = yuan(facts["amt_fen"]), yuan(finding.amount_fen)
    return (
        f"应出水 {facts['ml_req']} 毫升，实际 {facts['ml']} 毫升，扣了 {paid} 元：多扣 {back} 元",
        f"{facts['ml']} ml came of the {facts['ml_req']} ml asked for, and {paid} yuan was taken: "
        f"{back} yuan too much",
    )


def _duplicate(finding: Finding) -> tuple[str, str]:
    return (
        f"第 {finding.seq} 号记录重复上报，内容相同：只计一次",
        f"Record {finding.seq} arrived more than once with the same content: it counts once",
    )


def _conflict(finding: Finding) -> tuple[str, str]:
    facts = finding.facts
    amounts = [yuan(fen) for fen in facts["amounts_fen"]]
    zh = f"第 {finding.seq} 号记录有 {facts['versions']} 种内容({'、'.join(amounts)} 元)"
    en = (
        f"Record {finding.seq} came with {facts['versions']} different contents "
        f"({', '.join(amounts)} yuan)"
    )
    if facts["standing_fen"] is None:
        return (
            f"{zh}，卡的余额链无法判定：暂不向卡收费，等待人工处理",
            f"{en} and the card's chain cannot tell which is true: no card pays until a person "
            "decides",
        )
    stands = yuan(facts["standing_fen"])
    return (
        f"{zh}，卡的余额链证明 {stands} 元的一种属实",
        f"{en}; the card's chain proves the one of {stands} yuan",
    )


def _double(finding: Finding) -> tuple[str, str]:
    facts = finding.facts
    paid = yuan(facts["amt_fen"])
    return (
        f"同一张卡在同一出水口连续扣费两次，其中 {paid} 元的一次没有出水",
        f"The card was charged twice in a row at one nozzle, and the charge of {paid} yuan gave no "
        "water",
    )


def _gap(finding: Finding) -> tuple[str, str]:
    first, last = finding.facts["from"], finding.facts["to"]
    zh = f"第 {first} 号" if first == last else f"第 {first} 至 {last} 号"
    en = f"Record {first} is" if first == last else f"Records {first} to {last} are"
    if finding.facts["ours"]:
        return (
            f"{zh}记录平台曾确认收到，现已缺失：已要求设备重发",
            f"{en} missing here though we had confirmed receipt: the machine was asked to resend",
        )
    return (
        f"设备在线，但{zh}记录未上报：已要求重发",
        f"{en} missing though the machine is online: it was asked to resend",
    )


_VERDICTS = {
    "open": ("等待该卡下次刷卡判定", "the card's next tap will decide"),
    "void": ("下次刷卡余额未变：没有扣费", "the card was next seen unchanged: nothing was taken"),
    "charged": (
        "下次刷卡计数与余额均已变化：确已扣费",
        "the card's counter and balance had moved on: it was taken",
    ),
    "unfit": (
        "下次刷卡的余额对不上：等待人工处理",
        "the card's next balance fits neither story: a person must look",
    ),
}


def _torn(finding: Finding) -> tuple[str, str]:
    zh, en = _VERDICTS[finding.facts["verdict"]]
    amount = yuan(finding.facts["amt_fen"])
    return (
        f"扣费 {amount} 元时中断，{zh}",
        f"A charge of {amount} yuan was interrupted; {en}",
    )


_SENTENCES = {
    "D01": _no_water,
    "D02": _partial,
    "D04": _duplicate,
    "D05": _conflict,
    "D06": _double,
    "D07": _gap,
    "D12": _torn,
}

_SIDES = {
    Side.OPERATOR: ("运营商", "the operator"),
    Side.PROPERTY: ("物业", "the property"),
    Side.VENDOR: ("设备厂商", "the vendor"),
    Side.CUSTOMER: ("用户", "the customer"),
}
_NO_SUPPLY = (
    "当时现场停电或停水。",
    "Power or water was cut off at the site at the time.",
)
_WHY = {
    "D01": (
        "水阀、水泵或流量计属于设备，由运营商维护。",
        "Valve, pump and flow meter belong to the machine, which the operator maintains.",
    ),
    "D02": (
        "水阀、水泵或滤芯属于设备，由运营商维护。",
        "Valve, pump and filters belong to the machine, which the operator maintains.",
    ),
    "D04": (
        "网络传输会重复，无需承担。",
        "Networks repeat messages; there is nothing to bear.",
    ),
    "D05": (
        "同一编号出现不同内容，说明设备标识被复制或存储丢失。",
        "One number with two contents means a cloned identity or lost memory.",
    ),
    "D06": (
        "读卡与出水的配合由设备控制。",
        "The machine controls how card reader and nozzle work together.",
    ),
    "D07": (
        "设备与网络由运营商维护。",
        "The operator maintains machine and network.",
    ),
    "D12": (
        "读卡器属于设备，由运营商维护。",
        "The card reader belongs to the machine, which the operator maintains.",
    ),
}
