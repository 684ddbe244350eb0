"""A letter with the id of its raw copy."""

from typing import NamedTuple

from tapline_gateway.reading import Letter


class Stored(NamedTuple):
    """`inbox_id` is 0 for letters whose raw copy is not kept."""

    letter: Letter
    inbox_id: int
