"""Card numbers as issuers name them. Pure."""

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from tapline.errors import InvalidError
from tapline.ledger.chart import OPERATOR

RUNS_MAX = 50_000
_NUMBER = re.compile(r"[0-9A-Za-z_-]{1,32}")
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,30}")


class Run(NamedTuple):
    """Card numbers of one length, from `first_no` to `last_no` in the order of their characters."""

    first_no: str
    last_no: str


def issuer_id(text: str, *, operator: bool) -> str:
    """A slug that can be part of an account's name; that of another operator begins with `op-`.

    Raises:
        InvalidError: it cannot be one, or says operator of somebody who is none.
    """
    if not _SLUG.fullmatch(text):
        raise InvalidError(
            f"issuer id {text!r}: use a lower-case letter, then letters, digits, hyphens"
        )
    if operator:
        return OPERATOR + text.removeprefix(OPERATOR)
    if text.startswith(OPERATOR):
        raise InvalidError(f"{text!r}: what begins with {OPERATOR} is another operator")
    return text


def runs(lines: Iterable[str]) -> list[Run]:
    """The runs that some lines name: `20260001`, `20260000-20269999` or `2026****`.

    Raises:
        InvalidError: a line names no numbers, two overlap, or there are none.
    """
    found = sorted(
        (_run(line.strip()) for line in lines if line.strip()),
        key=lambda run: (len(run.first_no), run),
    )
    if not 1 <= len(found) <= RUNS_MAX:
        raise InvalidError(f"name 1 to {RUNS_MAX} numbers or runs of numbers, a line each")
    for before, after in pairwise(found):
        same_length = len(before.first_no) == len(after.first_no)
        if same_length and after.first_no <= before.last_no:
            raise InvalidError(f"{after.first_no} is named twice: leave one of them out")
    return found


def _run(line: str) -> Run:
    stars = line.rstrip("*")
    if stars != line and stars.isdecimal() and len(line) <= 32:
        missing = len(line) - len(stars)
        return Run(stars + "0" * missing, stars + "9" * missing)
    # A hyphen may be part of a number; between two numbers of one length it means "to".
    middle = len(line) // 2
    first, between, last = line[:middle], line[middle : middle + 1], line[middle + 1 :]
    if between == "-" and line.isascii() and first.isalnum() and last.isalnum():
        if first > last:
            raise InvalidError(f"{line!r}: the first number of a run is not above the last")
        return Run(first, last)
    if not _NUMBER.fullmatch(line):
        raise InvalidError(
            f"{line!r}: write a number, a run such as 20260000-20269999, or 2026**** for "
            "all that begin so"
        )
    return Run(line, line)
