"""How a line moves money. Keys count on where a line was taken back and the pour accepted anew."""

from tapline import clock, ledger
from tapline.cards.abroad import AbroadLine
from tapline.ledger import chart


def accepted(line: AbroadLine, overturned: int) -> ledger.Command:
    """The card pays as for any pour; what it pays is the operator's. `overturned`: how often the
    same pour was accepted and taken back before."""
    key = f"abroad:{line.name}"
    return ledger.Command(
        key=f"{key}:{overturned}" if overturned else key,
        kind="abroad",
        event_at=min(line.at, clock.now()),
        movement=ledger.Pour(line.card_no, line.amount_fen, chart.interop_due_to(line.issuer_id)),
        content={"card": line.card_no, "atc": line.atc, "fen": line.amount_fen},
        source={"subject": f"abroad:{line.statement_id}", "line": line.line},
    )


def overturned(line: AbroadLine, times: int) -> ledger.Command:
    """The opposite, by now; `times` counts this one."""
    return ledger.Command(
        key=f"abroad:{line.name}:overturned:{times}",
        kind="abroad_overturned",
        event_at=clock.now(),
        movement=ledger.Unpour(line.card_no, line.amount_fen, chart.interop_due_to(line.issuer_id)),
        content={"card": line.card_no, "atc": line.atc, "fen": line.amount_fen},
        source={"subject": f"abroad:{line.statement_id}", "line": line.line},
    )
