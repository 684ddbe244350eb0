"""Which answers of the platform end what a machine publishes beside its facts."""

from collections import Counter

from tapline_gateway.protocol import Verdict
from tapline_sim.duty import Duty
from tapline_sim.plan import Deed

_ENDED_BY = {Deed.REPEAT: Verdict.DUP, Deed.CONFLICT: Verdict.QUARANTINED}
_ECHOES = 3


class Answers:
    """A conflicting copy is set aside once and is a duplicate from then on: where the first answer
    was lost, only that is ever heard again. The true fact may be a duplicate too, and its answer be
    late; but not after each of so many copies in turn.
    """

    def __init__(self) -> None:
        self._unheard: set[tuple[str, int]] = set()
        self._echoes: Counter[tuple[str, int]] = Counter()

    def sent(self, duty: Duty) -> None:
        """The copy of this deed is on its way."""
        self._unheard.add((duty.device_id, duty.seq))

    def ends(self, duty: Duty, verdict: Verdict) -> bool:
        """Whether the platform, which says this, has judged what the deed published."""
        name = duty.device_id, duty.seq
        if duty.deed is Deed.CONFLICT and verdict is Verdict.DUP and name in self._unheard:
            self._unheard.discard(name)
            self._echoes[name] += 1
        return _ENDED_BY.get(duty.deed) is verdict or self._echoes[name] >= _ECHOES
