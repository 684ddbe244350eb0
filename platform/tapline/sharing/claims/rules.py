"""Whether a claim may be taken, and whether what it says fits the cards' own chains. Pure."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from tapline.cards.abroad import LineState
from tapline.errors import InvalidError
from tapline.reconciliation import holes
from tapline.reconciliation.elsewhere import Room
from tapline.reconciliation.holes import Hole
from tapline.sharing.documents import ClaimedCorrection, ClaimedPour, Claims

LINES_MAX = 50_000
FEN_MAX = 10**9
_AHEAD = timedelta(minutes=5)
"""Clocks of two houses differ a little."""
_DEVICE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_CARD = re.compile(r"[0-9A-Za-z_-]{1,32}")


class Pour(NamedTuple):
    """What a line says, as far as it is held against its card's chain. Amounts in fen."""

    card_no: str
    atc: int
    before_fen: int
    after_fen: int
    amount_fen: int
    at: datetime
    name: str
    """Of the pour: its operator, machine and number there."""


class Verdict(NamedTuple):
    """What becomes of a line; `reason` is a code, empty where it is accepted."""

    state: LineState
    reason: str = ""


def check(content: Claims, *, own_key: str, now: datetime) -> None:
    """Refuse a file that was not made for us, or cannot be read as one.

    Raises:
        InvalidError: it is another operator's, from the future, or a line of it is none.
    """
    if content.receiver.key != own_key:
        raise InvalidError(f"this was made for {content.receiver.name}: it asks nothing of us")
    if content.made_at.tzinfo is None or content.made_at > now + _AHEAD:
        raise InvalidError("it says that it was made later than now: look at both clocks")
    if content.period_from > content.period_to:
        raise InvalidError("its period ends before it begins: ask for it again")
    count = len(content.pours) + len(content.corrections)
    if not 1 <= count <= LINES_MAX:
        raise InvalidError(f"a statement has 1 to {LINES_MAX} lines, not {count}")
    _check_pours(content.pours)
    _check_corrections(content.corrections)


def _check_pours(pours: Iterable[ClaimedPour]) -> None:
    names = set[tuple[str, int]]()
    for number, one in enumerate(pours, start=1):
        readable = (
            _DEVICE.fullmatch(one.device)
            and _CARD.fullmatch(one.card)
            and one.at.tzinfo is not None
            and 0 < one.amount_fen <= FEN_MAX
            and 0 <= one.seq < 2**53
            and 0 < one.atc < 2**31
            and max(abs(one.before_fen), abs(one.after_fen)) <= FEN_MAX
        )
        if not readable:
            raise InvalidError(f"line {number} cannot be read: ask the operator to mend it")
        if (one.device, one.seq) in names:
            raise InvalidError(f"line {number} claims {one.device} {one.seq} a second time")
        names.add((one.device, one.seq))


def _check_corrections(corrections: Iterable[ClaimedCorrection]) -> None:
    names = set[tuple[str, int, int]]()
    for number, one in enumerate(corrections, start=1):
        readable = (
            _DEVICE.fullmatch(one.device)
            and one.at.tzinfo is not None
            and 0 < abs(one.amount_fen) <= FEN_MAX
            and 0 <= one.seq < 2**53
            and 0 < one.revision < 2**31
        )
        if not readable:
            raise InvalidError(f"correction {number} cannot be read: ask the operator to mend it")
        name = (one.device, one.seq, one.revision)
        if name in names:
            raise InvalidError(
                f"correction {number} mends {one.device} {one.seq} a second time as "
                f"no. {one.revision}"
            )
        names.add(name)


def judged(
    pours: Iterable[tuple[int, Pour]], rooms: Mapping[str, Room], counted: Collection[str] = ()
) -> dict[int, Verdict]:
    """What becomes of each line, by its number. What is accepted fills its hole for the others:
    the lines of a card are looked at by its counter, whatever their order. `counted` are the names
    of pours that were accepted before; of several lines that name one, one is."""
    rest = {card_no: room.holes for card_no, room in rooms.items()}
    done, found = set(counted), {}
    for number, pour in sorted(pours, key=lambda one: (one[1].card_no, one[1].atc, one[0])):
        room = rooms.get(pour.card_no)
        if pour.name in done:
            found[number] = Verdict(LineState.DISPUTED, "claimed_before")
        elif room is None:
            found[number] = Verdict(LineState.DISPUTED, "unknown_card")
        else:
            hole = holes.around(pour.atc, rest[pour.card_no])
            found[number] = _judged(pour, room, hole)
            if hole is not None and found[number].state is LineState.ACCEPTED:
                done.add(pour.name)
                rest[pour.card_no] = holes.without(
                    rest[pour.card_no], hole, pour.atc, pour.before_fen, pour.after_fen
                )
    return found


def _judged(pour: Pour, room: Room, hole: Hole | None) -> Verdict:
    """One line, by the hole that it lies in."""
    if why := _doubt(pour, room):
        return Verdict(LineState.DISPUTED, why)
    if hole is None and pour.atc > room.last_atc:
        return Verdict(LineState.WAITING, "not_seen_since")
    if hole is None:
        return Verdict(LineState.DISPUTED, "counter_taken")
    if not (hole.is_bounded and hole.allows(pour.atc, pour.before_fen, pour.after_fen)):
        return Verdict(LineState.DISPUTED, "balances_differ")
    return Verdict(LineState.ACCEPTED)


def _doubt(pour: Pour, room: Room) -> str:
    """What is wrong with a line, whatever its card's chain says; empty where nothing is."""
    if not room.card.has_purse:
        return "no_purse"
    if pour.before_fen - pour.amount_fen != pour.after_fen:
        return "does_not_add_up"
    if any(
        one.since <= pour.at and (one.until is None or pour.at < one.until)
        for one in room.card.blocks
    ):
        return "reported_lost"
    return ""
