"""What is wrong with a table that somebody sent: where, and what it is."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from tapline.errors import InvalidError

_TOLD: Final = 50


class Flaw(NamedTuple):
    """Something wrong with a line, or with the whole file where `line` is 0.

    `code` says what, e.g. `missing`; `column` and `value` say of what, as the file has them. The
    pages tell it in the reader's words, with what to do.
    """

    line: int
    code: str
    column: str = ""
    value: str = ""

    def __str__(self) -> str:
        about = " ".join(
            part for part in (self.column, repr(self.value) if self.value else "") if part
        )
        where = f"line {self.line}: " if self.line else ""
        return f"{where}{self.code.replace('_', ' ')} {about}".rstrip()


class FlawedError(InvalidError):
    """A file of which nothing was taken: it is to be mended and sent again."""

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        self.flaws = tuple(flaws)
        more = len(self.flaws) - _TOLD
        told = [str(flaw) for flaw in self.flaws[:_TOLD]] + (
            [f"and {more} more"] if more > 0 else []
        )
        super().__init__("nothing was taken; mend the file: " + "; ".join(told))
