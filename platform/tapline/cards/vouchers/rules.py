"""What a machine's report and a card's next tap say about a voucher. Pure."""

from enum import StrEnum
from typing import NamedTuple


class Outcome(StrEnum):
    """What became of a write."""

    WRITTEN = "written"
    FAILED = "failed"
    """The card is as it was: its money waits for the next tap."""
    UNKNOWN = "unknown"
    """The card left before it answered: its next tap says which."""


class Write(NamedTuple):
    """A device's report on writing a voucher to a card; amounts in fen."""

    voucher_id: str | None
    device_id: str
    seq: int
    card_no: str | None
    amount_fen: int
    status: str
    bal_before_fen: int | None
    bal_after_fen: int | None


class Tap(NamedTuple):
    """A card was tapped: the machine asks, under `req`, whether something waits for it. `atc` and
    `bal_fen` are the card's own counter and purse, where they are known."""

    device_id: str
    req: str
    card_no: str
    atc: int | None = None
    bal_fen: int | None = None


def reported(write: Write) -> Outcome:
    """What a report says. One that did not end well is judged by the purse before and after."""
    if write.status == "ok":
        return Outcome.WRITTEN
    if write.status == "reversed":
        return Outcome.FAILED
    if write.status == "torn" or write.bal_before_fen is None or write.bal_after_fen is None:
        return Outcome.UNKNOWN
    match write.bal_after_fen - write.bal_before_fen:
        case 0:
            return Outcome.FAILED
        case change if change == write.amount_fen:
            return Outcome.WRITTEN
        case _:
            return Outcome.UNKNOWN


def seen_again(
    tap: Tap, *, asked_atc: int | None, asked_bal_fen: int | None, amount_fen: int
) -> Outcome:
    """What a card's next tap says of a write whose end nobody saw, given the counter and the purse
    with which it had been tapped.

    Unmoved, the card was not written. Moved by one, that one operation was the write if the purse
    rose by its amount, and another one if it did not. Moved further, the tap alone cannot tell.
    """
    if None in {tap.atc, tap.bal_fen, asked_atc, asked_bal_fen}:
        return Outcome.UNKNOWN
    assert tap.atc is not None
    assert tap.bal_fen is not None
    assert asked_atc is not None
    assert asked_bal_fen is not None
    if tap.atc == asked_atc:
        return Outcome.FAILED
    if tap.atc != asked_atc + 1:
        return Outcome.UNKNOWN
    return Outcome.WRITTEN if tap.bal_fen == asked_bal_fen + amount_fen else Outcome.FAILED
