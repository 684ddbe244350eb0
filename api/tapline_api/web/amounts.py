"""Amounts as people type them."""

from tapline import money
from tapline.errors import InvalidError
from tapline.money import Fen


def read_yuan(text: str) -> Fen:
    """An amount in yuan, such as `23.50`.

    Raises:
        InvalidError: it is none.
    """
    try:
        return money.yuan(text.strip())
    except ValueError as error:
        raise InvalidError("write an amount in yuan, such as 23.50") from error
