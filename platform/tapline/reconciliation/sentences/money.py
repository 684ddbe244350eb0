"""What was paid and is not where it should be."""

from collections.abc import Mapping
from datetime import datetime

from tapline import clock
from tapline.reconciliation.model import Finding
from tapline.reconciliation.sentences.words import Sentence, Words, yuan


def _untapped(finding: Finding) -> Words:
    amount = yuan(finding.amount_fen)
    since = clock.business_date(datetime.fromisoformat(finding.facts["since"]))
    return (
        f"有 {amount} 元自 {since.month} 月 {since.day} 日起等待写入该卡，至今没有刷卡",
        f"{amount} yuan has waited to be written to the card since {since.isoformat()}; "
        "it was not tapped",
    )


_PROVIDERS: Mapping[str, Words] = {
    "wechat": ("微信支付", "WeChat Pay"),
    "alipay": ("支付宝", "Alipay"),
}
_DIFFERENCES: Mapping[str, Words] = {
    "paid_there": (
        "收到 {theirs} 元，平台没有这笔收款",
        "was paid {theirs} yuan that our books do not have",
    ),
    "paid_here": (
        "的账单上没有平台已入账的 {ours} 元收款",
        "has {ours} yuan on no bill that our books have as paid",
    ),
    "amount": (
        "说是 {theirs} 元，平台记的是 {ours} 元",
        "says {theirs} yuan where our books have {ours} yuan",
    ),
    "paid_again": (
        "对已付过的款项又收了 {theirs} 元",
        "was paid {theirs} yuan for what had been paid before",
    ),
    "twice": (
        "的账单把同一笔 {theirs} 元列了两次",
        "has the same {theirs} yuan on its bills twice",
    ),
    "refunded_there": (
        "退出 {theirs} 元，平台没有这笔退款",
        "paid back {theirs} yuan that our books do not have",
    ),
    "refunded_here": (
        "的账单上没有平台记为已退的 {ours} 元",
        "has {ours} yuan on no bill that our books have as paid back",
    ),
    "booked": (
        "与平台的收付记录都是 {theirs} 元，账上却是 {ours} 元",
        "and our records say {theirs} yuan, the ledger has {ours} yuan",
    ),
}


def _unmatched(finding: Finding) -> Words:
    facts = finding.facts
    provider = facts["provider"]
    zh, en = _PROVIDERS.get(provider, (provider, provider))
    differs_zh, differs_en = _DIFFERENCES[facts["kind"]]
    fens = {"ours": yuan(facts["ours_fen"]), "theirs": yuan(facts["theirs_fen"])}
    return (
        f"{facts['day']}：{zh}{differs_zh.format(**fens)}",
        f"{facts['day']}: {en} {differs_en.format(**fens)}",
    )


SENTENCES: Mapping[str, Sentence] = {"D15": _untapped, "D17": _unmatched}

WHY: Mapping[str, Words] = {
    "D15": (
        "写卡需要持卡人在机器上刷卡，款项由运营商保管。",
        "Writing takes a tap at a machine; until then the operator keeps the money.",
    ),
    "D17": (
        "收付由运营商与支付渠道结算，差额先由运营商查清。",
        "The operator settles with the provider, and has to find out first.",
    ),
}
