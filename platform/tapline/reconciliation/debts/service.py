from collections.abc import Collection
from datetime import datetime

from tapline import clock, ledger, policy
from tapline.reconciliation.debts import rules
from tapline.reconciliation.debts.repository import DebtReads
from tapline.reconciliation.findings import service as findings
from tapline.reconciliation.findings.rules import card_subject
from tapline.uow import UnitOfWork


def follow(uow: UnitOfWork, *, tenant_id: str, card_nos: Collection[str]) -> None:
    """Have D14 say of each of these cards what it owes now."""
    ordered = sorted(card_nos)
    if not ordered:
        return
    now, in_force = clock.now(), policy.current(uow, tenant_id=tenant_id)
    subjects = {card_subject(card_no): card_no for card_no in ordered}
    standing = findings.standing(uow, tenant_id=tenant_id, code="D14", subjects=subjects)
    money = ledger.cards(uow, tenant_id=tenant_id, card_nos=ordered)
    for subject, card_no in subjects.items():
        row = standing.get(subject)
        since = now if row is None else datetime.fromisoformat(row.facts["since"])
        owed_fen = money[card_no].receivable_fen
        ahead_fen = DebtReads(uow, tenant_id).ahead_fen(card_no) if owed_fen > 0 else 0
        found = rules.found(card_no, owed_fen, since, now, in_force, ahead_fen=ahead_fen)
        if found is not None and row is not None and rules.is_told(row, found):
            continue
        if found is not None:
            findings.note(uow, tenant_id=tenant_id, code="D14", subject=subject, found=found)
        elif row is not None:
            findings.withdraw(uow, tenant_id=tenant_id, code="D14", subject=subject)


def sweep(uow: UnitOfWork, *, tenant_id: str) -> int:
    """Look again at every card that owed; how many. Who pays does not say so here."""
    owing = [
        row.card_no
        for row in findings.standing(uow, tenant_id=tenant_id, code="D14").values()
        if row.card_no is not None
    ]
    follow(uow, tenant_id=tenant_id, card_nos=owing)
    return len(owing)
