"""The judgement of a machine: what its own account of itself contradicts. Pure."""

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tapline import clock
from tapline.devices.rules import Run
from tapline.policy import Policy
from tapline.reconciliation.chain import FactKey
from tapline.reconciliation.findings.rules import FindingKey, Found, device_subject
from tapline.reconciliation.meters import clocks, water
from tapline.reconciliation.meters.registers import Growth, Impossible, Register
from tapline.reconciliation.meters.sightings import Counter, Sighting, Totals
from tapline.reconciliation.meters.water import Day, FreeWater
from tapline.reconciliation.model import Side

JUDGED = ("D03", "D19", "D20", "D28")
"""Every rule that `judge` applies; D18 compares over days and stands by itself."""
_CHARGED = (Counter.N, Counter.FEN)

Findings = dict[FindingKey, Found]


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What is known of one machine. `facts` are ordered by number."""

    device_id: str
    facts: Sequence[Sighting]
    lost: Sequence[Run] = ()
    """The numbers that it declared gone."""
    totals: Totals | None = None


def judge(machine: Machine, policy: Policy) -> Findings:
    """What holds of a machine's facts: D03, D19, D20 and D28, by name."""
    return _Judgement(machine, policy).findings()


@dataclass(slots=True)
class _Judgement:
    machine: Machine
    policy: Policy
    moments: list[datetime | None] = field(init=False)
    registers: dict[Counter, Register] = field(init=False)
    odd_water: set[int] = field(init=False)
    """Positions of the facts whose own water cannot be."""

    def __post_init__(self) -> None:
        facts = self.machine.facts
        self.moments = clocks.moments(facts)
        self.odd_water = {at for at in range(1, len(facts)) if self._is_odd_water(at)}
        self.registers = {counter: self._register(counter) for counter in Counter}

    def findings(self) -> Findings:
        found: Findings = {}
        for part in (self._clock(), self._counters(), self._readings(), self._water()):
            found |= part
        return found

    def _register(self, counter: Counter) -> Register:
        facts = self.machine.facts
        if counter is Counter.ML:
            facts = [
                fact._replace(is_sure=False) if at in self.odd_water else fact
                for at, fact in enumerate(facts)
            ]
        return Register(
            facts,
            self.moments,
            counter,
            lost=self.machine.lost,
            ml_s_max=self.policy.machine_ml_s_max,
        )

    def _is_odd_water(self, at: int) -> bool:
        """Whether a fact claims more water than the machine can give since the one before: some
        send the lifetime counter in place of the pour."""
        fact, since, until = self.machine.facts[at], self.moments[at - 1], self.moments[at]
        if since is None or until is None or fact.ml <= 10 * (fact.ml_req or 0):
            return False
        elapsed_s = max((until - since).total_seconds(), 0) + 60
        return fact.ml > self.policy.machine_ml_s_max * elapsed_s

    def _clock(self) -> Findings:
        return {
            self._key("D20", wrong.first): self._about(
                wrong.first,
                {
                    "from": wrong.first,
                    "to": wrong.last,
                    "why": wrong.why,
                    "heard_s": int(wrong.heard.total_seconds()),
                },
                needs_person=wrong.heard > clocks.TICKET_AFTER,
            )
            for wrong in clocks.wrong_times(self.machine.facts)
        }

    def _counters(self) -> Findings:
        """D19: a counter moved by something else than the facts between its readings."""
        off: dict[int, dict[str, Any]] = defaultdict(dict)
        for counter in _CHARGED:
            for growth in self.registers[counter].growths():
                if not growth.least <= growth.rise <= growth.most:
                    off[growth.after] |= self._mismatch(counter, growth)
        found = {
            self._key("D19", self.machine.facts[at].seq): self._about(
                self.machine.facts[at].seq,
                figures,
                amount_fen=abs(figures.get("fen_off", 0)),
                needs_person=True,
            )
            for at, figures in off.items()
        }
        return found | self._counted_more()

    def _mismatch(self, counter: Counter, growth: Growth) -> dict[str, Any]:
        facts = self.machine.facts
        nearest = growth.most if growth.rise > growth.most else growth.least
        return {
            "from": facts[growth.before].seq,
            "to": facts[growth.after].seq,
            "lost": growth.lost,
            f"{counter}_off": growth.rise - nearest,
        }

    def _counted_more(self) -> Findings:
        """D19: the machine reports more operations than it ever sent, though none is missing."""
        totals = self.machine.totals
        if totals is None or not totals.is_settled:
            return {}
        figures: dict[str, Any] = {}
        for counter in _CHARGED:
            register = self.registers[counter]
            last = register.last()
            if last is None or last != len(self.machine.facts) - 1:
                return {}
            if (more := totals.reading(counter) - register.value(last)) > 0:
                figures[f"{counter}_off"] = more
        if "n_off" not in figures:
            return {}
        return {
            FindingKey("D19", device_subject(self.machine.device_id)): Found(
                card_no=None,
                amount_fen=figures.get("fen_off", 0),
                facts=figures | {"after": self.machine.facts[-1].seq},
                needs_person=True,
                device_id=self.machine.device_id,
            )
        }

    def _readings(self) -> Findings:
        """D28: readings that cannot be; so many in a day that somebody should look."""
        odd: dict[int, dict[str, Any]] = defaultdict(dict)
        for counter, register in self.registers.items():
            for one in (*register.impossible(), *self._leaps(counter)):
                odd[one.at] |= {counter.value: one.reading, "why": one.why}
        for at in self.odd_water:
            odd[at] |= {"pour_ml": self.machine.facts[at].ml, "why": "leapt"}
        a_day = Tally(self._day(at) for at in odd)
        return {
            self._key("D28", self.machine.facts[at].seq): self._about(
                self.machine.facts[at].seq,
                figures,
                needs_person=a_day[self._day(at)] >= self.policy.odd_readings_day_min,
                side=Side.VENDOR,
            )
            for at, figures in odd.items()
        }

    def _leaps(self, counter: Counter) -> Iterator[Impossible]:
        """Where a counter went on from somewhere that it cannot have come to."""
        register = self.registers[counter]
        for growth in register.growths():
            if not register.can_rise(growth.before, growth.after, growth.rise):
                yield Impossible(growth.after, register.value(growth.after), "leapt")

    def _water(self) -> Findings:
        """D03: water for nothing, at a fact and over a machine's day."""
        found: Findings = {}
        days: dict[date, Day] = defaultdict(Day)
        growths = {growth.after: growth for growth in self.registers[Counter.ML].growths()}
        for at, fact in enumerate(self.machine.facts):
            free = None if at in self.odd_water else self._free(at, growths.get(at))
            day = days[self._day(at)]
            day.total_ml += 0 if at in self.odd_water else fact.ml
            if free is not None:
                day.total_ml += free.free_ml
                day.free_ml += free.ml
                day.worth_fen += free.worth_fen
                figures = {"over_ml": free.over_ml, "free_ml": free.free_ml}
                found[self._key("D03", fact.seq)] = self._about(
                    fact.seq, figures | {"ml_req": fact.ml_req}, amount_fen=free.worth_fen
                )
        return found | self._days(days)

    def _free(self, at: int, growth: Growth | None) -> FreeWater | None:
        fact, register = self.machine.facts[at], self.registers[Counter.ML]
        metered_ml = explained_ml = 0
        if growth and not growth.lost and register.can_rise(growth.before, at, growth.rise):
            metered_ml, explained_ml = growth.rise, growth.most
        return water.free_water(
            fact,
            over_ml=water.over_ml(fact, self.policy),
            metered_ml=metered_ml,
            explained_ml=explained_ml,
            policy=self.policy,
        )

    def _days(self, days: dict[date, Day]) -> Findings:
        return {
            FindingKey("D03", device_subject(self.machine.device_id, day)): Found(
                card_no=None,
                amount_fen=of_day.worth_fen,
                facts={
                    "day": day.isoformat(),
                    "free_ml": of_day.free_ml,
                    "total_ml": of_day.total_ml,
                },
                needs_person=True,
                device_id=self.machine.device_id,
            )
            for day, of_day in days.items()
            if of_day.is_much(self.policy)
        }

    def _day(self, at: int) -> date:
        """The business day of a fact; of one whose time nobody knows, the day of its arrival."""
        moment = self.moments[at] or self.machine.facts[at].received_at
        return clock.business_date(moment)

    def _key(self, code: str, seq: int) -> FindingKey:
        return FindingKey.of_fact(code, FactKey(self.machine.device_id, seq))

    def _about(
        self,
        seq: int,
        figures: dict[str, Any],
        *,
        amount_fen: int = 0,
        needs_person: bool = False,
        side: Side | None = None,
    ) -> Found:
        return Found(
            card_no=None,
            amount_fen=amount_fen,
            facts=figures,
            needs_person=needs_person,
            device_id=self.machine.device_id,
            seq=seq,
            side=side,
        )
