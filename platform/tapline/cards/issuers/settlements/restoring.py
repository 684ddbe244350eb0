"""Corrections of pours that the issuer never paid for: what was given up for them is restored.

Without it the issuer would be given back, with the next settlement, what he had refused to pay.
"""

from collections.abc import Iterable

from tapline import ledger
from tapline.cards.issuers.breaks.model import BreakResolution, IssuerBreak
from tapline.cards.issuers.breaks.repository import BreakRepository
from tapline.cards.issuers.model import Issuer
from tapline.cards.issuers.settlements.rules import Claimable, FactName, fact_of
from tapline.ledger import chart
from tapline.uow import UnitOfWork


def restore(uow: UnitOfWork, issuer: Issuer, lines: Iterable[Claimable]) -> bool:
    """Post, for what goes back with `lines`, what was given up before; whether there was any.

    Each posting is a line of its own in the settlement, beside the correction that it answers.
    """
    backs = [line for line in lines if line.amount_fen < 0]
    if not backs:
        return False
    given_up: dict[FactName, list[IssuerBreak]] = {}
    for broken in BreakRepository(uow, issuer.tenant_id).given_up(issuer.issuer_id):
        if (fact := fact_of(broken.key)) is not None:
            given_up.setdefault(fact, []).append(broken)
    commands: list[ledger.Command] = []
    for line in backs:
        left_fen = -line.amount_fen
        for broken in given_up.get(line.fact, []):
            back_fen = min(left_fen, broken.stake_fen - broken.restored_fen)
            if back_fen > 0:
                commands.append(_command(broken, line, back_fen))
                broken.restored_fen += back_fen
                left_fen -= back_fen
    ledger.post(uow, tenant_id=issuer.tenant_id, commands=commands)
    return bool(commands)


def _command(broken: IssuerBreak, line: Claimable, fen: int) -> ledger.Command:
    is_loss = broken.resolution is BreakResolution.LOSS
    name = f"{line.fact.device_id}:{line.fact.seq}:{broken.break_id}:{broken.restored_fen}"
    return ledger.Command(
        key=f"restored:{name}",
        kind="issuer_restored",
        event_at=line.entry.event_at,
        movement=ledger.Transfer(
            chart.issuer_due(broken.issuer_id),
            chart.ISSUER_LOSS if is_loss else chart.WATER,
            fen,
        ),
        content={"break": str(broken.break_id), "fen": fen},
        source={"subject": f"settlement:{broken.claimed_in}", "line": broken.key},
    )
