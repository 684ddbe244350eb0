"""The books: trial balance, and proof that they are as they were posted."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from tapline import ledger
from tapline_api.deps import ApiAgent, Transaction

router = APIRouter(prefix="/ledger", tags=["ledger"])


class TrialOut(BaseModel):
    """An account; amounts in its unit. `side` is where it grows."""

    code: str
    unit: str
    side: Literal["D", "C"]
    debit: int
    credit: int
    balance: int
    held: int


class DifferenceOut(BaseModel):
    journal_id: int | None
    what: str


class VerificationOut(BaseModel):
    """`ok` where everything is as it was posted."""

    ok: bool
    journals: int
    sealed: int
    differences: list[DifferenceOut]


@router.get("/trial")
def get_trial(uow: Transaction, member: ApiAgent) -> list[TrialOut]:
    """The trial balance: per unit, debits equal credits."""
    rows = ledger.trial(uow, tenant_id=member.tenant_id)
    return [TrialOut(**row._asdict()) for row in rows]


@router.get("/verification")
def get_verification(uow: Transaction, member: ApiAgent) -> VerificationOut:
    """Recompute chain, balances and counters now."""
    proof = ledger.verify(uow, tenant_id=member.tenant_id)
    return VerificationOut(
        ok=proof.ok,
        journals=proof.journals,
        sealed=proof.sealed,
        differences=[
            DifferenceOut(journal_id=difference.journal_id, what=difference.what)
            for difference in proof.differences
        ],
    )
