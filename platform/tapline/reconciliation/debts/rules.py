"""When a debt is for a person. Pure."""

from datetime import datetime, timedelta

from tapline.policy import Policy
from tapline.reconciliation.findings.rules import Found
from tapline.reconciliation.model import Finding


def found(
    card_no: str,
    receivable_fen: int,
    since: datetime,
    now: datetime,
    policy: Policy,
    *,
    ahead_fen: int = 0,
) -> Found | None:
    """What is said of a card that owes; None where it owes nothing. `ahead_fen` is what its chip
    was given for records that were missing and came later: what was drawn with that is owed, too.

    It is paid by what next comes to the card, by itself. A person looks at what is more than the
    grace, or older.
    """
    if receivable_fen <= 0:
        return None
    old = now - since > timedelta(days=policy.card_arrears_days)
    return Found(
        card_no=card_no,
        amount_fen=receivable_fen,
        facts={"since": since.isoformat(), **_ahead(min(ahead_fen, receivable_fen))},
        needs_person=old or receivable_fen > policy.card_arrears_fen,
    )


def is_told(finding: Finding, found: Found) -> bool:
    """Whether a finding that stands says it already."""
    told = (finding.amount_fen, finding.needs_person, finding.facts)
    return told == (found.amount_fen, found.needs_person, found.facts)


def _ahead(fen: int) -> dict[str, int]:
    return {"restored_fen": fen} if fen > 0 else {}
