"""D13, D22, D23, D25: what is wrong with how a fact came here, whatever it says."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

from tapline.cards.facts import Payer
from tapline.policy import Policy
from tapline.reconciliation import blocked
from tapline.reconciliation.chain import Version
from tapline.reconciliation.findings.rules import FindingKey, Found, card_subject
from tapline.reconciliation.judgement import Declared, Judgement, Owed

_CLOCKS_SINCE = datetime(2024, 1, 1, tzinfo=UTC)
"""No machine of ours is older: an earlier time is no time."""


def settle_arrivals(judgement: Judgement, declared: Declared, policy: Policy) -> None:
    """Hold what stands against when it came, and what was declared of its card by then."""
    strangers: dict[str, list[Version]] = defaultdict(list)
    for _, version in sorted(judgement.standing.items()):
        bearing = judgement.bearings[version.key]
        if bearing.payer is Payer.CARD and version.is_debit:
            _late(judgement, declared, policy, version)
            _after_report(judgement, declared, version)
        elif bearing.reason == "unknown_card":
            strangers[version.card_no].append(version)
    for card_no, pours in strangers.items():
        _unknown(judgement, declared, policy, card_no, pours)
    for version in declared.forged:
        judgement.findings[FindingKey.of_fact("D23", version.key)] = _of(
            version, version.amt_fen, {"amt_fen": version.amt_fen}, needs_person=True
        )


def _late(judgement: Judgement, declared: Declared, policy: Policy, pour: Version) -> None:
    """D13: posted with its own time all the same; a person looks at what is very late."""
    if pour.moment is None or pour.moment < _CLOCKS_SINCE:
        return
    age_s = int((pour.received_at - pour.moment).total_seconds())
    if age_s <= policy.late_upload_s:
        return
    closed = declared.cards[pour.card_no].closed
    judgement.findings[FindingKey.of_fact("D13", pour.key)] = _of(
        pour,
        pour.amt_fen,
        {"amt_fen": pour.amt_fen, "age_s": age_s, "closed": closed},
        needs_person=closed or age_s > policy.late_upload_ticket_s,
    )


def _after_report(judgement: Judgement, declared: Declared, pour: Version) -> None:
    """D22: the operator bears what was drawn after the report, and the card has it back."""
    block = blocked.block_of(pour, declared.cards[pour.card_no])
    if block is None:
        return
    knew = blocked.knew(pour, block, declared)
    judgement.findings[FindingKey.of_fact("D22", pour.key)] = _of(
        pour, pour.amt_fen, {"amt_fen": pour.amt_fen, "knew": knew}, needs_person=knew
    )
    before = judgement.owed.get(pour.key)
    if before is None or before.target_fen < pour.amt_fen:
        judgement.owed[pour.key] = Owed(pour.card_no, pour.amt_fen, "D22")


def _unknown(
    judgement: Judgement, declared: Declared, policy: Policy, card_no: str, pours: list[Version]
) -> None:
    """D25: it rests in suspense; a card that is issued later pays for it by itself."""
    since = min(pour.received_at for pour in pours)
    waited = judgement.passed(
        declared, card_no, since + timedelta(seconds=policy.unknown_card_ticket_s)
    )
    judgement.findings[FindingKey("D25", card_subject(card_no))] = Found(
        card_no=card_no,
        amount_fen=sum(judgement.bearings[pour.key].amount_fen for pour in pours),
        facts={"pours": len(pours), "machines": sorted({pour.key.device_id for pour in pours})},
        needs_person=waited,
    )


def _of(
    version: Version, amount_fen: int, figures: dict[str, object], *, needs_person: bool
) -> Found:
    return Found(
        device_id=version.key.device_id,
        seq=version.key.seq,
        card_no=version.card_no,
        amount_fen=amount_fen,
        facts=figures,
        needs_person=needs_person,
    )
