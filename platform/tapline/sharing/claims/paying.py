"""What stands between us and another operator: set off against each other, the rest is paid."""

from typing import NamedTuple

from tapline import audit, clock, ledger
from tapline.cards import issuers
from tapline.cards.issuers import receipts
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.ledger import chart
from tapline.uow import UnitOfWork


class Account(NamedTuple):
    """Between us and another operator, in fen."""

    owed_to_us_fen: int = 0
    owed_by_us_fen: int = 0

    def plus(self, other: "Account") -> "Account":
        """Both together."""
        return Account(
            self.owed_to_us_fen + other.owed_to_us_fen, self.owed_by_us_fen + other.owed_by_us_fen
        )

    @property
    def net_fen(self) -> int:
        """What it owes us in the end; negative where we owe it."""
        return self.owed_to_us_fen - self.owed_by_us_fen

    @property
    def both_fen(self) -> int:
        """What each owes the other: nothing where one of them owes nothing."""
        return max(0, min(self.owed_to_us_fen, self.owed_by_us_fen))


def account(uow: UnitOfWork, *, tenant_id: str, issuer_id: str) -> Account:
    """What the books say stands between us and an operator now."""
    codes = [chart.issuer_due(issuer_id).code, chart.interop_due_to(issuer_id).code]
    found = ledger.balances(uow, tenant_id=tenant_id, codes=codes)
    theirs, ours = (found[code].posted if code in found else 0 for code in codes)
    return Account(theirs, ours)


def set_off(uow: UnitOfWork, *, tenant_id: str, issuer_id: str, fen: int, actor: str) -> None:
    """Set off what each owes the other: `fen`, as it was seen. It pays the operator's oldest
    settlements, as a transfer does.

    Raises:
        NotFoundError: no such issuer.
        InvalidError: it is no operator.
        ConflictError: it is not what each owes the other now.
    """
    # Locked, so that two who saw the same debt do not both end it.
    issuer = issuers.get(uow, tenant_id=tenant_id, issuer_id=issuer_id, lock=True)
    if not issuer.is_operator:
        raise InvalidError(f"{issuer.name} is no operator: we owe it nothing")
    stands = account(uow, tenant_id=tenant_id, issuer_id=issuer_id)
    if fen <= 0 or fen != stands.both_fen:
        raise ConflictError(f"each owes the other {stands.both_fen} fen by now: look again")
    receipts.set_off(uow, tenant_id=tenant_id, issuer_id=issuer_id, amount_fen=fen, actor=actor)


def pay(
    uow: UnitOfWork, *, tenant_id: str, issuer_id: str, fen: int, reference: str, actor: str
) -> None:
    """Note that the bank has transferred what we owe; the same reference is the same transfer.

    Raises:
        NotFoundError: no such issuer.
        InvalidError: no reference, or more than we owe.
        ConflictError: the reference was noted with another amount.
    """
    issuer = issuers.get(uow, tenant_id=tenant_id, issuer_id=issuer_id, lock=True)
    reference = reference.strip()
    if not reference or len(reference) > 100:
        raise InvalidError("give the bank's reference of the transfer, up to 100 characters")
    key = f"interop_sent:{issuer.issuer_id}:{reference}"
    owed_fen = account(uow, tenant_id=tenant_id, issuer_id=issuer_id).owed_by_us_fen
    if not _is_noted(uow, tenant_id, key) and not 0 < fen <= owed_fen:
        raise InvalidError(f"we owe {issuer.name} {owed_fen} fen: not {fen}")
    command = ledger.Command(
        key=key,
        kind="interop_sent",
        event_at=clock.now(),
        movement=ledger.Transfer(chart.interop_due_to(issuer_id), chart.BANK, fen),
        content={"reference": reference, "fen": fen},
        source={"subject": key, "actor": actor},
    )
    (posted,) = ledger.post(uow, tenant_id=tenant_id, commands=[command])
    if not posted.replayed:
        audit.record(
            uow,
            tenant_id=tenant_id,
            actor=actor,
            action="abroad.pay",
            subject=f"issuer:{issuer_id}",
            reason=f"{reference}: {fen} fen",
        )


def _is_noted(uow: UnitOfWork, tenant_id: str, key: str) -> bool:
    try:
        ledger.journal_of(uow, tenant_id=tenant_id, key=key)
    except NotFoundError:
        return False
    return True
