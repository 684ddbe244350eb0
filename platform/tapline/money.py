"""Money is a whole number of fen; a float never touches it."""

from decimal import Decimal, InvalidOperation
from typing import NewType

Fen = NewType("Fen", int)


def yuan(text: str) -> Fen:
    """Parse an amount in yuan such as ``"23.50"``; more than two decimals is a `ValueError`."""
    try:
        fen = Decimal(text) * 100
    except InvalidOperation:
        raise ValueError(f"not an amount in yuan: {text!r}") from None
    if not fen.is_finite() or fen != fen.to_integral_value():
        raise ValueError(f"not a whole number of fen: {text!r}")
    return Fen(int(fen))


def yuan_text(fen: int) -> str:
    """An amount as people write it: `12.30`."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"
