"""Carries out the plan: lets things go wrong, and tells the truth about it once it has come true.

An injection is told only when the world can show it: a withheld fact when a later one of its
device exists, a torn debit when its card was seen again, a conflicting version when both
neighbours of the true fact in the card's chain exist. Until then it is a duty, which survives
restarts, and which the fleet sees to before a run ends.
"""

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from tapline_gateway.protocol import Fact, Verdict
from tapline_sim import facts
from tapline_sim.answers import Answers
from tapline_sim.duty import Duties, Duty, Stage
from tapline_sim.flash import Flash
from tapline_sim.plan import (
    COMES_WITH,
    NEEDS_CHAIN,
    NEEDS_NEIGHBOURS,
    NEEDS_PURSE,
    NEEDS_SEQUEL,
    Deed,
    Plan,
)
from tapline_sim.purse import Purse
from tapline_sim.spoiling import DRAINED_FEN
from tapline_sim.truth import Truth

CALM_TAPS = 3  # ordinary taps of a card between two deeds that its chain has to decide
RESERVE_POURS = 4  # a card that owes a sequel must be able to pay for it

_DUTIES = NEEDS_SEQUEL | {Deed.REPEAT, Deed.DOUBLE}
"""What is not over with the pour."""


class Script(NamedTuple):
    """How a pour will go: the share of the water that comes, whether the card's confirmation is
    seen (`torn`: it is not), whether the purse is really debited (`taken`), whether it is the card
    itself that is in an earlier state (`rolled_back`) and not a copy, and whether the power goes
    while it is written down (`power_cut`).
    """

    deed: Deed | None = None
    delivered: float = 1.0
    torn: bool = False
    taken: bool = True
    stuck: bool = False
    rolled_back: bool = False
    power_cut: bool = False


ORDINARY = Script()


class Mischief:
    """The plan at work. Methods that follow a fact write inside the caller's transaction."""

    def __init__(self, plan: Plan, duties: Duties, truth: Truth, *, nozzles: int) -> None:
        self._plan = plan
        self._duties = duties
        self._truth = truth
        self._agenda = plan.agenda()
        self._last: dict[str, Deed] = {}
        self._dry_builds: set[str] = set()
        self._answers = Answers()
        # With a single nozzle in the world a card could not be back in time.
        self.sequels_follow = nozzles > 1

    def has_dry_build(self, device_id: str, *, dry: bool) -> None:
        """Whether the firmware that this device runs now never opens the valve."""
        (self._dry_builds.add if dry else self._dry_builds.discard)(device_id)

    def stop_sequels(self) -> None:
        """The run will end soon: begin nothing more that would need a sequel."""
        self.sequels_follow = False

    def script(
        self, flash: Flash, device_id: str, purse: Purse, amount_fen: int, run_s: float
    ) -> Script:
        """Decide how the next pour goes, `run_s` seconds into the run."""
        stuck = flash.counters.dry_pours > 0 or self._plan.valve_is_stuck(device_id, run_s)
        if stuck or device_id in self._dry_builds:
            return Script(Deed.DRY, delivered=0.0, stuck=stuck)
        if purse.no in flash.held.cards:
            return Script(Deed.DEAF)
        if self._plan.is_stranger(purse.no):
            return Script(Deed.STRANGER)
        seq = flash.counters.seq + 1

        def possible(deed: Deed) -> bool:
            return self._possible(deed, device_id, seq, purse, amount_fen)

        if self._plan.cuts_power(device_id, seq) and possible(Deed.PARTIAL):
            share = self._plan.details(device_id, seq).uniform(0.3, 0.8)
            return Script(Deed.PARTIAL, delivered=share, power_cut=True)
        deed = self._chosen(device_id, seq, possible)
        if deed is None:
            self._last.pop(device_id, None)
            return ORDINARY
        self._last[device_id] = deed
        return self._details(deed, device_id, seq)

    def happened(self, script: Script, fact: Fact, device_id: str) -> None:
        """A pour is written: what it completes comes true, and its own deed begins."""
        self.sequel(device_id, fact)
        deed, card = script.deed, fact.card.no
        if deed is not None and deed not in _DUTIES:
            self._tell(deed, device_id, fact.seq, card)
        elif deed is not None:
            duty = Duty(
                deed=deed,
                device_id=device_id,
                seq=fact.seq,
                card=card,
                stage=Stage.AWAITS_SEQUEL,
                copy=_copy(deed, fact),
            )
            self._duties.save(duty)
            if deed is Deed.REPEAT:
                self._come_true(duty)

    def sequel(self, device_id: str, fact: Fact) -> None:
        """Another fact exists: the deeds that waited for one of this card or device come true."""
        for duty in self._duties.of_card(fact.card.no):
            if duty.stage is Stage.AWAITS_SEQUEL and duty.deed is not Deed.WITHHELD:
                self._come_true(duty)
        for duty in self._duties.of_device(device_id):
            if duty.stage is Stage.AWAITS_SEQUEL and duty.deed is Deed.WITHHELD:
                self._come_true(duty)

    def recover(self) -> None:
        """After a restart: a second debit that was interrupted leaves a charge without water."""
        for duty in self._duties:
            if duty.deed is Deed.DOUBLE:
                self._truth.inject(Deed.DRY, duty.device_id, duty.seq, duty.card)
                self._duties.end(duty)

    def copies(self, device_id: str, flash: Flash) -> list[Fact]:
        """What this device publishes beside its facts, once the true fact has been released."""
        copies = []
        for duty in self._duties.of_device(device_id):
            awaited = duty.stage is Stage.AWAITS_PLATFORM and not flash.holds(duty.seq)
            if awaited and duty.copy is not None:
                self._answers.sent(duty)
                copies.append(duty.copy)
        return copies

    def answered(self, device_id: str, seq: int, verdict: Verdict) -> bool:
        """The platform judged a fact; True when that ends the deed on it."""
        duty = self._duties.on(device_id, seq)
        if duty is None or duty.stage is not Stage.AWAITS_PLATFORM:
            return False
        ended = self._answers.ends(duty, verdict)
        if ended:
            self._duties.end(duty)
        return ended

    def released(self, device_id: str, seq: int) -> None:
        """A fact is gone from flash: nothing is withheld there any more."""
        duty = self._duties.on(device_id, seq)
        if duty is not None and duty.deed is Deed.WITHHELD:
            self._duties.end(duty)

    def asked_for(self, device_id: str, seq: int) -> None:
        """The platform misses a fact: if it was withheld, that has come true and is over."""
        duty = self._duties.on(device_id, seq)
        if duty is not None and duty.deed is Deed.WITHHELD:
            if duty.stage is Stage.AWAITS_SEQUEL:
                self._come_true(duty)
            self._duties.end(duty)

    def device_owes(self, device_id: str) -> bool:
        """Whether this device has to pour once more, whoever comes."""
        return any(
            duty.deed is Deed.WITHHELD and duty.stage is Stage.AWAITS_SEQUEL
            for duty in self._duties.of_device(device_id)
        )

    def waits_for_sequels(self) -> bool:
        """Whether anything begun is still invisible."""
        return any(duty.stage is Stage.AWAITS_SEQUEL for duty in self._duties)

    def barred(self, card: str) -> None:
        """A card is blocked and pours no more: what waited for it to do so stays invisible."""
        for duty in self._duties.of_card(card):
            if duty.stage is Stage.AWAITS_SEQUEL and duty.deed is not Deed.WITHHELD:
                self._drop(duty)

    def give_up(self, device_id: str, flash: Flash) -> None:
        """No sequel can follow any more: what nobody has seen yet has not happened."""
        for duty in self._duties.of_device(device_id):
            if duty.deed is Deed.FORGOTTEN:
                self._come_true(duty)
            elif duty.stage is Stage.AWAITS_SEQUEL and duty.deed is not Deed.TORN:
                flash.unpark(duty.seq, duty.seq)
                self._drop(duty)

    def _drop(self, duty: Duty) -> None:
        """Nothing more will be seen of it; a false code was, at once."""
        if duty.deed is Deed.FORGED:
            self._truth.inject(duty.deed, duty.device_id, duty.seq, duty.card)
        self._duties.end(duty)

    def _chosen(self, device_id: str, seq: int, possible: Callable[[Deed], bool]) -> Deed | None:
        """What goes wrong with this pour: what has waited longest to, else what is wished."""
        if self._plan.is_busy(device_id, seq):
            waiting = next(filter(possible, self._agenda), None)
            if waiting is not None:
                self._agenda.remove(waiting)
                return waiting
        wish = self._plan.wish(device_id, seq)
        return wish if wish is not None and possible(wish) else None

    def _possible(
        self, deed: Deed, device_id: str, seq: int, purse: Purse, amount_fen: int
    ) -> bool:
        if self._plan.spares(purse.no) or self._duties.of_card(purse.no):
            return False  # what is being decided about this card needs ordinary taps around it
        if not self._plan.can(device_id, deed) or not self._is_timely(deed, device_id, seq):
            return False
        if deed in NEEDS_PURSE and (purse.is_online or not _carries(deed, purse, amount_fen)):
            return False
        if deed in NEEDS_CHAIN:
            return purse.calm >= CALM_TAPS and purse.taps > 0
        if deed in NEEDS_SEQUEL:
            calm = purse.calm >= CALM_TAPS
            solvent = purse.balance_fen >= RESERVE_POURS * amount_fen
            return self.sequels_follow and calm and solvent and self._fits(deed, device_id, purse)
        return deed is not Deed.DOUBLE or purse.balance_fen >= 2 * amount_fen

    def _is_timely(self, deed: Deed, device_id: str, seq: int) -> bool:
        if deed is Deed.LATE:
            return seq == 1  # what a machine wrote before it had a line is the first that it wrote
        return not {deed, self._last.get(device_id)} <= NEEDS_NEIGHBOURS

    def _fits(self, deed: Deed, device_id: str, purse: Purse) -> bool:
        if deed is not Deed.WITHHELD:
            return purse.taps > 0  # the card's chain needs a link before this one
        # Two holes side by side would be one hole.
        return all(duty.deed is not deed for duty in self._duties.of_device(device_id))

    def _details(self, deed: Deed, device_id: str, seq: int) -> Script:
        chance = self._plan.details(device_id, seq)
        match deed:
            case Deed.DRY | Deed.DOUBLE:
                return Script(deed, delivered=0.0)
            case Deed.PARTIAL:
                return Script(deed, delivered=chance.uniform(0.3, 0.8))
            case Deed.OVERPOUR:
                return Script(deed, delivered=chance.uniform(1.2, 1.5))
            case Deed.CLONED:
                rolled_back = chance.random() < 0.5
                return Script(deed, taken=rolled_back, rolled_back=rolled_back)
            case Deed.TORN:
                taken = chance.random() < 0.5
                return Script(deed, delivered=1.0 if taken else 0.0, torn=True, taken=taken)
            case _:
                return Script(deed)

    def _tell(self, deed: Deed, device_id: str, seq: int, card: str) -> None:
        self._truth.inject(deed, device_id, seq, card)
        for code in COMES_WITH.get(deed, ()):
            self._truth.inject(code, device_id, seq, card)

    def _come_true(self, duty: Duty) -> None:
        self._tell(duty.deed, duty.device_id, duty.seq, duty.card)
        if duty.deed in {Deed.TORN, Deed.DOUBLE, Deed.FORGOTTEN, Deed.FORGED}:
            self._duties.end(duty)
        else:
            self._duties.save(msgspec.structs.replace(duty, stage=Stage.AWAITS_PLATFORM))


def _carries(deed: Deed, purse: Purse, amount_fen: int) -> bool:
    """Whether this card can carry a deed."""
    match deed:
        case Deed.FORGED:
            return purse.key_hex is not None
        case Deed.CLONED:
            return purse.earlier is not None and purse.earlier[0] >= amount_fen
        case Deed.DRAINED:
            return purse.balance_fen >= DRAINED_FEN + amount_fen
        case _:
            return True


def _copy(deed: Deed, fact: Fact) -> Fact | None:
    match deed:
        case Deed.REPEAT:
            return fact
        case Deed.CONFLICT:
            return facts.conflicting(fact)
        case _:
            return None
