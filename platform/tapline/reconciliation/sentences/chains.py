"""What cards and numbers say that do not fit together."""

from collections.abc import Mapping

from tapline.reconciliation.model import Finding
from tapline.reconciliation.sentences.words import Sentence, Words, yuan


def _duplicate(finding: Finding) -> Words:
    return (
        f"第 {finding.seq} 号记录重复上报，内容相同：只计一次",
        f"Record {finding.seq} arrived more than once with the same content: it counts once",
    )


def _conflict(finding: Finding) -> Words:
    facts = finding.facts
    amounts = [yuan(fen) for fen in facts["amounts_fen"]]
    zh = f"第 {finding.seq} 号记录有 {facts['versions']} 种内容({'、'.join(amounts)} 元)"
    en = (
        f"Record {finding.seq} came with {facts['versions']} different contents "
        f"({', '.join(amounts)} yuan)"
    )
    if facts.get("by_person"):
        return _ruled(zh, en, facts["standing_fen"])
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


def _ruled(zh: str, en: str, standing_fen: int | None) -> Words:
    if standing_fen is None:
        return (
            f"{zh}，人工判定均不属实：不收费",
            f"{en}; a person decided that none is true: nobody pays",
        )
    stands = yuan(standing_fen)
    return (
        f"{zh}，人工判定 {stands} 元的一种属实",
        f"{en}; a person decided that the one of {stands} yuan is true",
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


_CONTESTED = (
    "其位置另有其他运营商主张同一笔扣费：卡只付一次，等待人工处理",
    "another operator claims what the card shows at its place: the card pays once, and a person "
    "must look",
)


def _torn(finding: Finding) -> Words:
    contested = finding.facts.get("contested")
    zh, en = _CONTESTED if contested else _VERDICTS[finding.facts["verdict"]]
    amount = yuan(finding.facts["amt_fen"])
    return (
        f"扣费 {amount} 元时中断，{zh}",
        f"A charge of {amount} yuan was interrupted; {en}",
    )


def _gap(finding: Finding) -> Words:
    facts = finding.facts
    first, last = facts["from"], facts["to"]
    zh_which = f"第 {first} 次" if first == last else f"第 {first} 至 {last} 次"
    en_which = f"operation {first}" if first == last else f"operations {first} to {last}"
    if facts["explained"]:
        zh, en = "有机器声明同期记录已丢失", "machines lost records for good at that time"
    elif facts["over"]:
        zh, en = "等待期已过，记录仍未到", "the time in which late ones come is over"
    else:
        zh, en = "等待尚未联网的机器上报", "a machine without a line may still report it"
    return (
        f"卡的计数显示{zh_which}操作没有记录：{zh}",
        f"The card's counter says that {en_which} happened, and there is no record: {en}",
    )


def _doubtful(finding: Finding) -> Words:
    facts = finding.facts
    if "operations" not in facts:
        left, met = yuan(facts["left_fen"]), yuan(facts["met_fen"])
        return (
            f"卡的计数连续，余额却由 {left} 元变为 {met} 元：卡被复制或改写",
            f"The card's counter goes on without a gap, but {left} yuan became {met}: it was "
            "copied or written to",
        )
    count = len(facts["operations"])
    zh, en = f"卡的同一个计数上有 {count} 次操作", f"{count} operations share one count of the card"
    if facts.get("by_person"):
        which_zh, which_en = ("其中一次", "one is") if facts["decided"] else ("均不", "none is")
        return (
            f"{zh}，人工判定{which_zh}属于此卡：其余不收费，卡已停用",
            f"{en}; a person decided that {which_en} its own: nobody pays for the rest, and it is "
            "blocked",
        )
    if facts["decided"]:
        return (
            f"{zh}，余额链只证明其中一次：其余暂不向卡收费，卡已停用",
            f"{en}, and its chain proves one of them: no card pays for the rest, and it is blocked",
        )
    return (
        f"{zh}，余额链无法判定：暂不向卡收费，卡已停用",
        f"{en}, and its chain cannot tell which are its holder's: no card pays, and it is blocked",
    )


def _too_much(finding: Finding) -> Words:
    left, met = yuan(finding.facts["left_fen"]), yuan(finding.facts["met_fen"])
    amount = yuan(finding.amount_fen)
    return (
        f"上次记录后卡内应有 {left} 元，实际为 {met} 元，多出 {amount} 元：不入账，卡已停用",
        f"The card should have held {left} yuan and held {met}, {amount} too much: nothing is "
        "credited, and it is blocked",
    )


def _too_little(finding: Finding) -> Words:
    left, met = yuan(finding.facts["left_fen"]), yuan(finding.facts["met_fen"])
    amount = yuan(finding.amount_fen)
    if finding.needs_person:
        zh, en = "等待人工处理", "a person decides"
    elif not finding.facts["active"]:
        zh, en = "卡已停用，以账面余额为准", "the card is out of use, and its books count"
    else:
        zh, en = "下次刷卡时补写入卡", "it is written back at the next tap"
    return (
        f"上次记录后卡内应有 {left} 元，实际为 {met} 元，少了 {amount} 元的记录始终未到：{zh}",
        f"The card should have held {left} yuan and held {met}, and records of {amount} never "
        f"came: {en}",
    )


def _late(finding: Finding) -> Words:
    facts = finding.facts
    hours, amount = facts["age_s"] // 3600, yuan(facts["amt_fen"])
    zh, en = f"{amount} 元的接水记录 {hours} 小时后才上报", f"{amount} yuan came {hours} hours late"
    if facts["closed"]:
        return f"{zh}，此时卡已注销", f"A pour of {en}, when its card was closed already"
    return f"{zh}，已按接水时间入账", f"A pour of {en} and is booked with its own time"


def _debt(finding: Finding) -> Words:
    amount = yuan(finding.amount_fen)
    zh = f"卡上欠费 {amount} 元，将从下一笔充值中扣除"
    en = f"The card owes {amount} yuan, which what is paid in next will settle"
    if restored_fen := finding.facts.get("restored_fen"):
        restored = yuan(restored_fen)
        zh += f"；其中 {restored} 元因缺少记录曾补写到卡内，记录后来到达，这部分水费仍由此卡支付"
        en += (
            f"; {restored} yuan of it had been written back to the card because records were "
            "missing, and they came later: that water is the card's to pay"
        )
    return zh, en


_UNPAID = {
    "unknown": ("没有对应的充值凭证", "no voucher of ours is behind it"),
    "other": ("与充值凭证不符", "the voucher says something else"),
    "twice": ("同一凭证已写过一次", "its voucher was written before"),
}


def _unpaid(finding: Finding) -> Words:
    zh, en = _UNPAID[finding.facts["why"]]
    amount = yuan(finding.facts["amt_fen"])
    return (
        f"向卡写入了 {amount} 元，但{zh}：不入账，卡已停用",
        f"{amount} yuan were written to the card, but {en}: nothing is credited, and it is blocked",
    )


def _after_report(finding: Finding) -> Words:
    amount = yuan(finding.facts["amt_fen"])
    if finding.facts["knew"]:
        zh, en = "机器已收到挂失名单仍然售水", "though the machine had the list that names it"
    else:
        zh, en = "机器当时还没有收到挂失名单", "before the machine had the list that names it"
    return (
        f"挂失之后卡被使用，扣费 {amount} 元，{zh}：由运营商承担",
        f"The card was used for {amount} yuan after its loss was reported, {en}: the operator "
        "bears it",
    )


def _forged(finding: Finding) -> Words:
    amount = yuan(finding.facts["amt_fen"])
    return (
        f"{amount} 元扣费的卡片验证码不正确：不入账",
        f"The card's code under a charge of {amount} yuan is wrong: nothing is booked",
    )


def _stranger(finding: Finding) -> Words:
    pours, amount = finding.facts["pours"], yuan(finding.amount_fen)
    return (
        f"未登记的卡接水 {pours} 次，共 {amount} 元：挂账，待卡登记后结算",
        f"A card that nobody issued drew {pours} times, {amount} yuan: it waits until the card is "
        "known",
    )


SENTENCES: Mapping[str, Sentence] = {
    "D04": _duplicate,
    "D05": _conflict,
    "D08": _gap,
    "D09": _doubtful,
    "D10": _too_much,
    "D11": _too_little,
    "D12": _torn,
    "D13": _late,
    "D14": _debt,
    "D16": _unpaid,
    "D22": _after_report,
    "D23": _forged,
    "D25": _stranger,
}

WHY: Mapping[str, Words] = {
    "D04": (
        "网络传输会重复，无需承担。",
        "Networks repeat messages; there is nothing to bear.",
    ),
    "D05": (
        "同一编号出现不同内容，说明设备标识被复制或存储丢失。",
        "One number with two contents means a cloned identity or lost memory.",
    ),
    "D12": (
        "读卡器属于设备，由运营商维护。",
        "The card reader belongs to the machine, which the operator maintains.",
    ),
    "D08": (
        "没有上报的机器由运营商维护。",
        "The operator maintains the machine that did not report.",
    ),
    "D09": (
        "卡片的防复制能力由运营商选择。",
        "The operator chose the kind of card, which can be copied.",
    ),
    "D10": (
        "卡片的防改写能力由运营商选择。",
        "The operator chose the kind of card, which can be written to.",
    ),
    "D11": (
        "没有上报的机器由运营商维护，无法举证的扣费不由用户承担。",
        "What the operator cannot prove the customer does not bear.",
    ),
    "D13": (
        "设备与网络由运营商维护。",
        "The operator maintains machine and network.",
    ),
    "D14": (
        "水已取用，记录迟到。",
        "The water was drawn; its record came late.",
    ),
    "D16": (
        "写卡由运营商的设备完成。",
        "A machine of the operator wrote it.",
    ),
    "D22": (
        "挂失之后的使用由运营商承担；已有名单仍售水的，是设备的缺陷。",
        "After the report the operator bears it; a machine that sold against its list is at fault.",
    ),
    "D23": (
        "卡片密钥与读卡器由运营商管理。",
        "The operator keeps the cards' keys and the readers.",
    ),
    "D25": (
        "发卡与登记由运营商负责。",
        "Issuing and registering cards is the operator's.",
    ),
}
