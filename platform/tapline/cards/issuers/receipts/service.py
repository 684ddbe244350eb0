from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from tapline import audit, clock, ledger
from tapline.cards.issuers.breaks import rules as break_rules
from tapline.cards.issuers.breaks.model import BreakResolution
from tapline.cards.issuers.breaks.repository import BreakRepository
from tapline.cards.issuers.receipts import rules
from tapline.cards.issuers.receipts.model import SET_OFF, Receipt
from tapline.cards.issuers.receipts.repository import ReceiptRepository
from tapline.cards.issuers.receipts.rules import Explanation, Position
from tapline.cards.issuers.repository import IssuerRepository
from tapline.cards.issuers.settlements import service as settlements
from tapline.errors import ConflictError, InvalidError
from tapline.ledger import chart
from tapline.uow import UnitOfWork

_FEN_MAX = 10**11


def receive(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    issuer_id: str,
    amount_fen: int,
    reference: str,
    value_date: date,
    actor: str,
) -> Receipt:
    """Note that the issuer's transfer has arrived at our bank; the same reference is the same one.

    Raises:
        NotFoundError: no such issuer.
        InvalidError: no reference, an amount that cannot be, or a day to come.
        ConflictError: the reference was noted with another amount.
    """
    reference = reference.strip()
    if not reference or len(reference) > 100:
        raise InvalidError("give the bank's reference of the transfer, up to 100 characters")
    if reference.startswith(SET_OFF):
        raise InvalidError(
            f"{SET_OFF} is how our own set-offs are called: give the bank's reference"
        )
    if not 0 < amount_fen <= _FEN_MAX:
        raise InvalidError(f"a transfer is 1 to {_FEN_MAX} fen, not {amount_fen}")
    if value_date > clock.business_date(clock.now()):
        raise InvalidError(f"{value_date} is still to come: note a transfer when it is there")
    IssuerRepository(uow, tenant_id).get(issuer_id, lock=True)
    receipts = ReceiptRepository(uow, tenant_id)
    if (known := receipts.find(issuer_id, reference)) is not None:
        if known.amount_fen != amount_fen:
            raise ConflictError(
                f"transfer {reference} was noted with {known.amount_fen} fen: check the reference"
            )
        return known
    receipt = Receipt(
        tenant_id=tenant_id,
        issuer_id=issuer_id,
        reference=reference,
        amount_fen=amount_fen,
        value_date=value_date,
        noted_by=actor,
        noted_at=clock.now(),
    )
    receipts.add(receipt)
    ledger.post(uow, tenant_id=tenant_id, commands=[_command(receipt)])
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="issuer.receive",
        subject=f"issuer:{issuer_id}",
        reason=f"{reference}: {amount_fen} fen",
    )
    return receipt


def set_off(
    uow: UnitOfWork, *, tenant_id: str, issuer_id: str, amount_fen: int, actor: str
) -> Receipt:
    """What we owe another operator pays so much of what it owes us. The caller knows that both
    owe as much."""
    IssuerRepository(uow, tenant_id).get(issuer_id, lock=True)
    receipts = ReceiptRepository(uow, tenant_id)
    number = receipts.count_set_off(issuer_id) + 1
    receipt = Receipt(
        tenant_id=tenant_id,
        issuer_id=issuer_id,
        reference=f"{SET_OFF}{number}",
        amount_fen=amount_fen,
        value_date=clock.business_date(clock.now()),
        noted_by=actor,
        noted_at=clock.now(),
    )
    receipts.add(receipt)
    command = ledger.Command(
        key=f"interop_net:{issuer_id}:{number}",
        kind="interop_net",
        event_at=receipt.noted_at,
        movement=ledger.Transfer(
            chart.interop_due_to(issuer_id), chart.issuer_due(issuer_id), amount_fen
        ),
        content={"number": number, "fen": amount_fen},
        source={"subject": f"issuer:{issuer_id}", "actor": actor},
    )
    ledger.post(uow, tenant_id=tenant_id, commands=[command])
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="issuer.set_off",
        subject=f"issuer:{issuer_id}",
        reason=f"{amount_fen} fen",
    )
    return receipt


def listed(uow: UnitOfWork, *, tenant_id: str, issuer_id: str) -> Sequence[Receipt]:
    """What an issuer has transferred, oldest first."""
    return ReceiptRepository(uow, tenant_id).listed(issuer_id)


def explain(uow: UnitOfWork, *, tenant_id: str, issuer_id: str) -> Explanation:
    """Why an issuer owes what he owes: `NotFoundError` where there is none such."""
    issued = settlements.listed(uow, tenant_id=tenant_id, issuer_id=issuer_id)
    given_up, in_break = _breaks(uow, tenant_id, issuer_id)
    received = sum(one.amount_fen for one in listed(uow, tenant_id=tenant_id, issuer_id=issuer_id))
    owed = [one.payable_fen - given_up[one.settlement_id] for one in issued]
    paid, ahead = rules.allocate(owed, received)
    return Explanation(
        due_fen=settlements.due_now(uow, tenant_id=tenant_id, issuer_id=issuer_id),
        unclaimed_fen=settlements.unclaimed(uow, tenant_id=tenant_id, issuer_id=issuer_id),
        positions=[
            Position(
                one.settlement_id,
                one.payable_fen,
                given_up[one.settlement_id],
                part,
                in_break[one.settlement_id],
            )
            for one, part in zip(issued, paid, strict=True)
        ],
        ahead_fen=ahead,
    )


def _breaks(
    uow: UnitOfWork, tenant_id: str, issuer_id: str
) -> tuple[dict[UUID, int], dict[UUID, int]]:
    """By settlement: what was given up of it, and what is still in break."""
    issuer = IssuerRepository(uow, tenant_id).get(issuer_id)
    given_up, in_break = defaultdict[UUID, int](int), defaultdict[UUID, int](int)
    for broken in BreakRepository(uow, tenant_id).of_issuer(issuer_id):
        if broken.claimed_in is None:
            continue
        if broken.resolved_at is None:
            in_break[broken.claimed_in] += broken.stake_fen
        elif broken.resolution in {BreakResolution.LOSS, BreakResolution.CORRECT}:
            cost = break_rules.cost(broken.stake_fen, issuer.commission_permille)
            given_up[broken.claimed_in] += cost.given_up_fen - cost.commission_fen
    return given_up, in_break


def _command(receipt: Receipt) -> ledger.Command:
    key = f"issuer_paid:{receipt.issuer_id}:{receipt.reference}"
    return ledger.Command(
        key=key,
        kind="issuer_paid",
        event_at=receipt.noted_at,
        movement=ledger.Transfer(
            chart.BANK, chart.issuer_due(receipt.issuer_id), receipt.amount_fen
        ),
        content={"reference": receipt.reference, "fen": receipt.amount_fen},
        source={"subject": key, "actor": receipt.noted_by},
    )
