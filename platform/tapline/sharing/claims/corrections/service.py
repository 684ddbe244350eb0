from collections.abc import Collection, Sequence
from uuid import UUID

from tapline import cards, clock, ledger
from tapline.cards.abroad import (
    AbroadCorrection,
    AbroadLine,
    AbroadRepository,
    LineState,
    PourName,
)
from tapline.events import CardsClaimed
from tapline.ledger import chart
from tapline.sharing.claims.corrections import rules
from tapline.sharing.claims.corrections.rules import Correction, Mended, Named
from tapline.uow import UnitOfWork

_AT_A_TIME = 500


def of_statement(
    uow: UnitOfWork, *, tenant_id: str, statement_id: UUID
) -> Sequence[AbroadCorrection]:
    """The corrections of a statement, as they stand in the file."""
    return AbroadRepository(uow, tenant_id).corrections(statement_id)


def of_pours(
    uow: UnitOfWork, *, tenant_id: str, lines: Sequence[AbroadLine]
) -> dict[PourName, int]:
    """What was taken off these lines in fen, below zero, by pour; one that was not is left out."""
    accepted = {_name(one) for one in lines if one.state is LineState.ACCEPTED}
    mended = _mended(AbroadRepository(uow, tenant_id), accepted)
    return {name: one.change_fen for name, one in mended.items() if one.revision}


def look_again(uow: UnitOfWork, *, tenant_id: str) -> int:
    """Judge corrections that waited for what they mend; how many wait no longer."""
    names = AbroadRepository(uow, tenant_id).longest_waiting(_AT_A_TIME)
    return judge(uow, tenant_id=tenant_id, names=names)


def judge(uow: UnitOfWork, *, tenant_id: str, names: Collection[PourName]) -> int:
    """Hold all corrections of these pours that wait against the pours; what fits is posted. How
    many wait no longer."""
    abroad = AbroadRepository(uow, tenant_id)
    waiting = abroad.to_mend(names) if names else []
    if not waiting:
        return 0
    claimed = abroad.lines_of(names)
    known = abroad.known({one.mends for one in waiting})
    states = {(one.statement_id, _name(one)): one.state for one in claimed}
    told = [
        Correction(
            _name(one),
            one.revision,
            one.amount_fen,
            Named(
                known.get(one.mends) == one.issuer_id,
                known.get(one.mends, one.issuer_id) != one.issuer_id,
                states.get((one.mends, _name(one))),
            ),
        )
        for one in waiting
    ]
    verdicts = rules.judged(enumerate(told), _mended(abroad, names))
    for number, one in enumerate(waiting):
        one.state, one.reason = verdicts[number]
        one.judged_at = clock.now()
    uow.session.flush()
    card_of = {_name(one): one.card_no for one in claimed if one.state is LineState.ACCEPTED}
    _post(uow, tenant_id, [one for one in waiting if one.state is LineState.ACCEPTED], card_of)
    return sum(one.state is not LineState.WAITING for one in waiting)


def _mended(abroad: AbroadRepository, names: Collection[PourName]) -> dict[PourName, Mended]:
    """Those of these pours that were accepted, with what was mended of them."""
    if not names:
        return {}
    accepted = [one for one in abroad.lines_of(names) if one.state is LineState.ACCEPTED]
    found = {_name(one): Mended(one.amount_fen) for one in accepted}
    for one in abroad.mended(names):
        # A line that was overturned keeps its corrections, for when it is accepted anew.
        if (pour := found.get(_name(one))) is not None:
            found[_name(one)] = pour.then(one.amount_fen)
    return found


def _post(
    uow: UnitOfWork,
    tenant_id: str,
    accepted: Sequence[AbroadCorrection],
    card_of: dict[PourName, str],
) -> None:
    if not accepted:
        return
    # In order: what one gives back the next may take again.
    commands = [
        _command(one, card_of[_name(one)])
        for one in sorted(accepted, key=lambda one: (one.revision, one.name))
    ]
    ledger.post(uow, tenant_id=tenant_id, commands=commands)
    touched = sorted({card_of[_name(one)] for one in accepted})
    cards.carry_on(uow, tenant_id=tenant_id, card_nos=touched)
    for start in range(0, len(touched), _AT_A_TIME):
        chunk = tuple(touched[start : start + _AT_A_TIME])
        uow.emit(CardsClaimed(tenant_id=tenant_id, cards=chunk))


def _command(one: AbroadCorrection, card_no: str) -> ledger.Command:
    """Onto the card as a correction of our own is, at the expense of what we owe the operator."""
    owed = chart.interop_due_to(one.issuer_id)
    movement = (
        ledger.Correct(card_no, -one.amount_fen, revenue=owed)
        if one.amount_fen < 0
        else ledger.Uncorrect(card_no, one.amount_fen, revenue=owed)
    )
    return ledger.Command(
        key=f"abroad_fix:{one.name}",
        kind="abroad_correction",
        event_at=min(one.at, clock.now()),
        movement=movement,
        content={"card": card_no, "fen": one.amount_fen},
        source={"subject": f"abroad:{one.statement_id}", "line": one.line},
    )


def _name(one: AbroadLine | AbroadCorrection) -> PourName:
    return PourName(one.issuer_id, one.device, one.seq)
