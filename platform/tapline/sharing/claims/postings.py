"""How a line moves money: less what its corrections took off it, which stays in the books. Keys
count on where a line was taken back and the pour accepted anew."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from tapline import clock, ledger
from tapline.cards.abroad import AbroadLine, PourName
from tapline.ledger import Movement, chart


def accepted(
    lines: Sequence[AbroadLine], overturned: Mapping[str, int], fixed: Mapping[PourName, int]
) -> list[ledger.Command]:
    """The card pays as for any pour; what it pays is the operator's. `overturned`: how often the
    same pour, by its name, was accepted and taken back before; `fixed`: what corrections changed of
    it, in fen."""
    commands = []
    for one in lines:
        times, key = overturned.get(one.name, 0), f"abroad:{one.name}"
        if (fen := _stands_fen(one, fixed)) > 0:
            pays = ledger.Pour(one.card_no, fen, chart.interop_due_to(one.issuer_id))
            at = min(one.at, clock.now())
            commands.append(_command(one, f"{key}:{times}" if times else key, "abroad", pays, at))
    return commands


def overturned(
    lines: Sequence[AbroadLine], overturned: Mapping[str, int], fixed: Mapping[PourName, int]
) -> list[ledger.Command]:
    """The opposite, by now; `overturned` without these times."""
    commands = []
    for one in lines:
        key = f"abroad:{one.name}:overturned:{overturned.get(one.name, 0) + 1}"
        if (fen := _stands_fen(one, fixed)) > 0:
            back = ledger.Unpour(one.card_no, fen, chart.interop_due_to(one.issuer_id))
            commands.append(_command(one, key, "abroad_overturned", back, clock.now()))
    return commands


def _stands_fen(line: AbroadLine, fixed: Mapping[PourName, int]) -> int:
    return line.amount_fen + fixed.get(PourName(line.issuer_id, line.device, line.seq), 0)


def _command(
    line: AbroadLine, key: str, kind: str, movement: Movement, at: datetime
) -> ledger.Command:
    return ledger.Command(
        key=key,
        kind=kind,
        event_at=at,
        movement=movement,
        content={"card": line.card_no, "atc": line.atc, "fen": line.amount_fen},
        source={"subject": f"abroad:{line.statement_id}", "line": line.line},
    )
