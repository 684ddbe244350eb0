"""Whether a correction mends what it says it mends. Pure."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tapline.cards.abroad import LineState, PourName
from tapline.sharing.claims.rules import Verdict


class Mended(NamedTuple):
    """A pour that was accepted, and what of it was mended so far. Amounts in fen."""

    amount_fen: int
    revision: int = 0
    """Of the last correction that was accepted; 0 where none was."""
    change_fen: int = 0

    def then(self, amount_fen: int) -> "Mended":
        """The same with the next correction."""
        return Mended(self.amount_fen, self.revision + 1, self.change_fen + amount_fen)


class Named(NamedTuple):
    """What is known of the line that a correction names."""

    is_taken: bool
    """Whether that claim was taken, and is its sender's."""
    is_other: bool
    """Whether it was taken, and is somebody else's."""
    state: LineState | None
    """Of the line in it; None where it has none such."""


class Correction(NamedTuple):
    """What a correction says, as far as it is held against the pour that it mends."""

    pour: PourName
    revision: int
    amount_fen: int
    named: Named


def judged(
    corrections: Iterable[tuple[int, Correction]], mended: Mapping[PourName, Mended]
) -> dict[int, Verdict]:
    """What becomes of each correction, by its number; `mended` has the pours that were accepted.

    Corrections of a pour count one after the other: the order in which files come plays no part.
    """
    stands = dict(mended)
    found = {}
    for number, one in sorted(corrections, key=lambda told: (told[1].revision, told[0])):
        pour = stands.get(one.pour)
        found[number] = _judged(one, pour)
        if pour is not None and found[number].state is LineState.ACCEPTED:
            stands[one.pour] = pour.then(one.amount_fen)
    return found


def _judged(one: Correction, pour: Mended | None) -> Verdict:
    if one.named.is_other or (one.named.is_taken and one.named.state is None):
        return Verdict(LineState.DISPUTED, "mends_no_line")
    if pour is None:
        return Verdict(LineState.WAITING, _why(one.named))
    if one.revision <= pour.revision:
        return Verdict(LineState.DISPUTED, "mended_before")
    is_next = one.revision == pour.revision + 1
    # More than the whole line never fits, whatever comes before it.
    left_fen = pour.amount_fen + pour.change_fen + one.amount_fen
    if abs(one.amount_fen) > pour.amount_fen or (is_next and not 0 <= left_fen <= pour.amount_fen):
        return Verdict(LineState.DISPUTED, "mends_too_much")
    return Verdict(LineState.ACCEPTED) if is_next else Verdict(LineState.WAITING, "earlier_missing")


def _why(named: Named) -> str:
    """Why a correction waits whose pour nobody pays for: then nothing is given back either."""
    if not named.is_taken:
        return "line_not_taken"
    return "line_waits" if named.state is LineState.WAITING else "line_disputed"
