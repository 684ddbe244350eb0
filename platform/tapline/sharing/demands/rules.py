"""A settlement as another operator reads it: each pour whole, as its card's counter has it, and
what was changed since as corrections that name it. Pure.

Settlements state differences as they were posted. A pour is asked for in the first settlement that
has a line of it; the rest of that one, and the net of each later one, is its next correction.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from tapline.cards.issuers.settlements import FactName, LineKind, SettlementLine
from tapline.sharing.documents import ClaimedCorrection, ClaimedPour


class Record(Protocol):
    """What a machine sent of a pour: the card's counter and balances, amounts in fen."""

    @property
    def atc(self) -> int | None: ...
    @property
    def bal_before_fen(self) -> int | None: ...
    @property
    def bal_after_fen(self) -> int | None: ...
    @property
    def amt_fen(self) -> int: ...
    @property
    def moment(self) -> datetime | None: ...


class Asked(NamedTuple):
    """What stands in a file. Amounts in fen."""

    pours: list[ClaimedPour]
    corrections: list[ClaimedCorrection]
    total_fen: int
    """Without what was asked for before and is repeated."""
    left_out_fen: int


@dataclass(frozen=True, slots=True)
class Past:
    """All that was claimed of one pour, by the number of the settlement."""

    lines: Mapping[int, Sequence[SettlementLine]]

    @property
    def first(self) -> SettlementLine:
        """The line that asks for the pour, and whose evidence it stands on."""
        return self.lines[min(self.lines)][0]

    def net_fen(self, number: int) -> int:
        """What one settlement says of it in all."""
        return sum(line.amount_fen for line in self.lines.get(number, ()))

    def of_key(self, key: str) -> int:
        """The number of the settlement in which this posting was claimed first."""
        return next(no for no, lines in self.lines.items() if key in {one.key for one in lines})


def pasts(history: Iterable[tuple[int, SettlementLine]]) -> dict[FactName, Past]:
    """By fact, without what was only claimed again."""
    found = defaultdict[FactName, dict[int, list[SettlementLine]]](dict)
    for number, line in history:
        if line.kind is not LineKind.AGAIN:
            by_number = found[FactName(line.device_id, line.seq)]
            by_number.setdefault(number, []).append(line)
    return {name: Past(lines) for name, lines in found.items()}


def asked(
    number: int,
    lines: Sequence[SettlementLine],
    past: Mapping[FactName, Past],
    records: Mapping[FactName, Record],
) -> Asked:
    """What settlement no. `number`, which has these lines, asks of the operator."""
    told: dict[tuple[FactName, int], None] = {}
    total_fen = left_out_fen = 0
    for line in lines:
        name = FactName(line.device_id, line.seq)
        is_new = line.kind is not LineKind.AGAIN
        if records[name].atc is None:
            left_out_fen += line.amount_fen if is_new else 0
            continue
        total_fen += line.amount_fen if is_new else 0
        told[name, number if is_new else past[name].of_key(line.key)] = None
    pours, corrections = [], []
    for name, of_number in told:
        pour, correction = _said(past[name], records[name], of_number)
        pours += pour
        corrections += correction
    return Asked(pours, corrections, total_fen, left_out_fen)


def _said(
    past: Past, record: Record, number: int
) -> tuple[list[ClaimedPour], list[ClaimedCorrection]]:
    """What one settlement says of a pour: the pour itself, where it is the first, and a correction,
    where there is one."""
    revision, change_fen = 0, 0
    for one in sorted(past.lines):
        change_fen = past.net_fen(one) - (record.amt_fen if one == min(past.lines) else 0)
        revision += change_fen != 0
        if one == number:
            break
    pours = [_pour(past.first, record)] if number == min(past.lines) else []
    corrections = [_correction(past, number, revision, change_fen)] if change_fen else []
    return pours, corrections


def _pour(line: SettlementLine, record: Record) -> ClaimedPour:
    assert record.atc is not None
    return ClaimedPour(
        device=line.device_id,
        seq=line.seq,
        card=line.card_no,
        atc=record.atc,
        before_fen=record.bal_before_fen or 0,
        after_fen=record.bal_after_fen or 0,
        amount_fen=record.amt_fen,
        # A line may be dated later, by when we learnt whose card it was.
        at=min(record.moment or line.event_at, line.event_at),
    )


def _correction(past: Past, number: int, revision: int, change_fen: int) -> ClaimedCorrection:
    line = past.lines[number][-1]
    return ClaimedCorrection(
        statement=_claim(past.first),
        device=line.device_id,
        seq=line.seq,
        revision=revision,
        amount_fen=change_fen,
        at=line.event_at,
    )


def _claim(line: SettlementLine) -> UUID:
    """A claim has the number of its settlement."""
    return line.settlement_id
