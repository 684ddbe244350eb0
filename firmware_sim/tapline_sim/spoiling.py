"""What a faulty machine or a bad card makes of a pour: deeds that change no more than a fact."""

from datetime import timedelta

import msgspec

from tapline_gateway.protocol import Fact, Totals, format_ts, parse_ts
from tapline_sim.plan import Deed
from tapline_sim.purse import Purse

LATE = timedelta(hours=50)
CLOCK_OFF = timedelta(hours=3)
TAMPERED_FEN = 700
DRAINED_FEN = 60
TARIFF_SHARE = 0.75
"""Of the water that the money buys, what a machine with a wrong price list gives."""


def presented(deed: Deed | None, purse: Purse) -> Purse:
    """The card as the reader sees it before the debit, by what was done to it elsewhere."""
    match deed:
        case Deed.CLONED if purse.earlier is not None:
            balance_fen, atc = purse.earlier
            return msgspec.structs.replace(purse, balance_fen=balance_fen, atc=atc)
        case Deed.TAMPERED:
            return purse.loaded(TAMPERED_FEN)
        case Deed.DRAINED:
            return purse.loaded(-DRAINED_FEN)
        case _:
            return purse


def written(deed: Deed | None, fact: Fact) -> Fact:
    """A fact as the machine writes it down."""
    match deed:
        case Deed.LATE:
            return msgspec.structs.replace(fact, ts=_moved(fact.ts, -LATE), off=True)
        case Deed.CLOCK:
            return msgspec.structs.replace(fact, ts=_moved(fact.ts, CLOCK_OFF), clk="rtc")
        case Deed.FORGED:
            flipped = "".join(f"{15 - int(digit, 16):X}" for digit in fact.tac or "")
            return msgspec.structs.replace(fact, tac=flipped)
        case Deed.METER:
            return msgspec.structs.replace(fact, tot=Totals(n=0, fen=0, ml=0))
        case _:
            return fact


def _moved(ts: str | None, by: timedelta) -> str | None:
    return None if ts is None else format_ts(parse_ts(ts) + by)
