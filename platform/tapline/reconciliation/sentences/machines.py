"""What is wrong with machines and what they count."""

from collections.abc import Mapping

from tapline.reconciliation.model import Finding
from tapline.reconciliation.sentences.words import Sentence, Words, yuan


def _free_water(finding: Finding) -> Words:
    facts = finding.facts
    if day := facts.get("day"):
        free, total = facts["free_ml"], facts["total_ml"]
        return (
            f"{day} 当日出水 {total} 毫升，其中 {free} 毫升没有收费",
            f"Of {total} ml on {day}, {free} ml were not paid for",
        )
    over, free = facts["over_ml"], facts["free_ml"]
    told = []
    if over:
        told.append((f"本次多出水 {over} 毫升", f"{over} ml more came than was asked for"))
    if free:
        told.append(
            (f"此前无交易出水 {free} 毫升", f"{free} ml had run before it without being sold")
        )
    return (
        "，".join(zh for zh, _ in told) + "：不向用户收费",
        "; ".join(en for _, en in told) + ": no customer is charged for it",
    )


def _gap(finding: Finding) -> Words:
    facts = finding.facts
    first, last = facts["from"], facts["to"]
    zh = f"第 {first} 号" if first == last else f"第 {first} 至 {last} 号"
    en = f"Record {first} is" if first == last else f"Records {first} to {last} are"
    if facts.get("ended") == "came":
        return (
            f"{zh}记录曾缺失，后已补报",
            f"{en.rpartition(' ')[0]} had been missing and came after all",
        )
    if facts.get("lost"):
        return (
            f"设备声明{zh}记录已丢失",
            f"{en} gone for good: the machine declared it",
        )
    if facts["ours"]:
        return (
            f"{zh}记录平台曾确认收到，现已缺失：已要求设备重发",
            f"{en} missing here though we had confirmed receipt: the machine was asked to resend",
        )
    if facts.get("unhealed"):
        return (
            f"设备在线，多次要求后{zh}记录仍未上报",
            f"{en} still missing though the machine is online and was asked again and again",
        )
    return (
        f"设备在线，但{zh}记录未上报：已要求重发",
        f"{en} missing though the machine is online: it was asked to resend",
    )


_WITNESSES = {
    "totals": ("设备累计流量", "its own lifetime counter"),
    "reference": ("参考表", "its reference meter"),
    "pulses": ("脉冲当量", "the water per pulse of before"),
}


def _drift(finding: Finding) -> Words:
    zh, en = _WITNESSES[finding.facts["witness"]]
    share = finding.facts["per_mille"]
    percent = f"{abs(share) // 10}.{abs(share) % 10}"
    side_zh, side_en = ("少计", "too little") if share > 0 else ("多计", "too much")
    return (
        f"与{zh}相比，流量计{side_zh} {percent}%：需要校准",
        f"Beside {en} the flow meter counts {percent} % {side_en}: it is to be calibrated",
    )


def _counters(finding: Finding) -> Words:
    facts = finding.facts
    n, fen = facts.get("n_off", 0), facts.get("fen_off", 0)
    gone_zh, gone_en = ("（其间有记录已声明丢失）", " (records between were lost)")
    lost = bool(facts.get("lost"))
    return (
        f"设备累计数与收到的记录相差 {n} 次、{yuan(fen)} 元{gone_zh if lost else ''}",
        f"The machine's counters differ from its records by {n} operations and {yuan(fen)} yuan"
        f"{gone_en if lost else ''}",
    )


_CLOCKS = {
    "unset": ("时钟没有设置", "its clock was not set"),
    "ahead": ("时钟超前", "its clock ran ahead"),
    "behind": ("时钟落后", "its clock ran behind"),
    "order": ("时间与编号顺序矛盾", "times contradict the order of the numbers"),
}


def _clock(finding: Finding) -> Words:
    first, last = finding.facts["from"], finding.facts["to"]
    zh, en = _CLOCKS[finding.facts["why"]]
    return (
        f"第 {first} 至 {last} 号记录的时间不可信：{zh}，改用前后记录推算",
        f"The times of records {first} to {last} are not believed: {en}; their neighbours tell "
        "instead",
    )


_READINGS = {
    "zero": ("突然归零", "a sudden zero"),
    "fell": ("变小", "a fall"),
    "leapt": ("超出设备能力的跳变", "a leap beyond what the machine can do"),
    "restarted": ("从头重新累计", "counting began anew"),
}


def _reading(finding: Finding) -> Words:
    zh, en = _READINGS[finding.facts["why"]]
    return (
        f"第 {finding.seq} 号记录的累计读数不可能（{zh}）：忽略读数，保留记录",
        f"The counters of record {finding.seq} cannot be ({en}): they are ignored, the record is "
        "kept",
    )


SENTENCES: Mapping[str, Sentence] = {
    "D03": _free_water,
    "D07": _gap,
    "D18": _drift,
    "D19": _counters,
    "D20": _clock,
    "D28": _reading,
}

_MACHINE = (
    "流量计、阀门与主板属于设备，由运营商维护。",
    "Meter, valves and board belong to the machine, which the operator maintains.",
)

WHY: Mapping[str, Words] = {
    "D03": _MACHINE,
    "D07": (
        "设备与网络由运营商维护。",
        "The operator maintains machine and network.",
    ),
    "D18": _MACHINE,
    "D19": _MACHINE,
    "D20": (
        "设备时钟由运营商维护。",
        "The operator keeps the machine's clock.",
    ),
    "D28": (
        "读数由固件产生，属于设备厂商。",
        "The firmware makes the readings, and the vendor makes the firmware.",
    ),
}
