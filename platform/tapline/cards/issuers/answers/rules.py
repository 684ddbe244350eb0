"""Reading an issuer's answer, and holding it against our settlement. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tapline.cards.issuers.answers.model import AnswerVerdict
from tapline.cards.issuers.breaks.model import BreakKind
from tapline.files import Flaw, FlawedError
from tapline.files.sheets import Row

FEN_MAX: Final = 10**9
_REASON_MAX: Final = 500

_COLUMNS: Final = {
    "key": ("编号", "id", "key"),
    "fen": ("金额（分）", "金额(分)", "fen"),
    "verdict": ("结果", "result"),
    "reason": ("原因", "reason"),
}
_VERDICTS: Final = {
    "接受": AnswerVerdict.ACCEPTED,
    "accepted": AnswerVerdict.ACCEPTED,
    "拒绝": AnswerVerdict.REJECTED,
    "rejected": AnswerVerdict.REJECTED,
}
_SUMS: Final = ("合计", "再次申报合计", "total")


@dataclass(frozen=True, slots=True)
class Word:
    """The issuer's word on one line."""

    key: str
    amount_fen: int
    verdict: AnswerVerdict
    reason: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A line of ours, as far as an answer is held against it."""

    line: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that does not fit. `theirs_fen` is what the issuer would pay for the line."""

    kind: BreakKind
    key: str
    line: int | None
    ours_fen: int
    theirs_fen: int
    words: str


@dataclass(slots=True)
class Outcome:
    """What an answer comes to."""

    answered: dict[int, Word] = field(default_factory=dict)
    """By line of ours: the words that are news."""
    differences: list[Difference] = field(default_factory=list)


def words(rows: Sequence[Row]) -> list[Word]:
    """An issuer's answer: columns 编号, 金额（分）, 结果 and 原因, in any order, named in line 1.

    Raises:
        FlawedError: lines cannot be read; it names each.
    """
    places = _places(rows[0])
    found: list[Word] = []
    flaws: list[Flaw] = []
    for row in rows[1:]:
        cells = {name: _cell(row, place) for name, place in places.items()}
        if cells["key"] in _SUMS:
            continue
        flaw = _flaw(row.number, cells)
        if flaw is None:
            verdict = _VERDICTS[cells["verdict"].lower()]
            word = Word(cells["key"], int(cells["fen"]), verdict, cells["reason"][:_REASON_MAX])
            found.append(word)
        else:
            flaws.append(flaw)
    if not found and not flaws:
        flaws = [Flaw(0, "empty")]
    if flaws:
        raise FlawedError(flaws)
    return found


def held_against(
    said: Iterable[Word], claims: Mapping[str, Claim], before: Mapping[int, Word]
) -> Outcome:
    """Hold words against our lines by their keys; `before` is what was answered already.

    The first word on a line counts. The same word in a later file is nothing new; within a file,
    or with another content, it is a break.
    """
    outcome, seen = Outcome(), set[str]()
    for word in said:
        claim = claims.get(word.key)
        earlier = None if claim is None else before.get(claim.line)
        if claim is None:
            outcome.differences.append(_difference(BreakKind.UNKNOWN, word, None))
        elif word.key in seen or (earlier is not None and not _same(earlier, word)):
            outcome.differences.append(_difference(BreakKind.DUPLICATE, word, None))
        elif earlier is None:
            outcome.answered[claim.line] = word
            outcome.differences += _judged(word, claim)
        seen.add(word.key)
    return outcome


def _judged(word: Word, claim: Claim) -> list[Difference]:
    if word.verdict is AnswerVerdict.REJECTED:
        return [_difference(BreakKind.REJECTED, word, claim)]
    if word.amount_fen != claim.amount_fen:
        return [_difference(BreakKind.AMOUNT, word, claim)]
    return []


def _difference(kind: BreakKind, word: Word, claim: Claim | None) -> Difference:
    theirs_fen = 0 if kind is BreakKind.REJECTED else word.amount_fen
    if claim is None:
        return Difference(kind, word.key, None, 0, theirs_fen, word.reason)
    return Difference(kind, word.key, claim.line, claim.amount_fen, theirs_fen, word.reason)


def _same(one: Word, other: Word) -> bool:
    return (one.verdict, one.amount_fen) == (other.verdict, other.amount_fen)


def _places(header: Row) -> dict[str, int]:
    names = [cell.lower() for cell in header.cells]
    places: dict[str, int] = {}
    for column, aliases in _COLUMNS.items():
        found = [names.index(alias) for alias in aliases if alias in names]
        if not found:
            raise FlawedError([Flaw(header.number, "no_column", aliases[0])])
        places[column] = found[0]
    return places


def _cell(row: Row, place: int) -> str:
    return row.cells[place] if place < len(row.cells) else ""


def _flaw(line: int, cells: Mapping[str, str]) -> Flaw | None:
    """The first thing wrong with a line."""
    if not cells["key"]:
        return Flaw(line, "missing", "编号")
    if cells["verdict"].lower() not in _VERDICTS:
        return Flaw(line, "no_verdict", "结果", cells["verdict"])
    if _VERDICTS[cells["verdict"].lower()] is AnswerVerdict.REJECTED and not cells["reason"]:
        return Flaw(line, "missing", "原因")
    if not re.fullmatch(r"-?\d{1,12}", cells["fen"], re.ASCII):
        return Flaw(line, "no_fen", "金额（分）", cells["fen"])
    if abs(int(cells["fen"])) > FEN_MAX:
        return Flaw(line, "too_much", "金额（分）", cells["fen"])
    return None
