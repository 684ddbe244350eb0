from collections.abc import Sequence
from datetime import date, datetime, timedelta

from tapline import clock, devices, policy
from tapline.devices import telemetry
from tapline.policy import Policy
from tapline.reconciliation.findings import service as findings
from tapline.reconciliation.findings.rules import FindingKey, Found, device_subject
from tapline.reconciliation.meters import clocks, drift, rules
from tapline.reconciliation.meters.drift import Drift, Reference
from tapline.reconciliation.meters.registers import Register
from tapline.reconciliation.meters.repository import MeterRepository, StopRepository
from tapline.reconciliation.meters.rules import Findings, Machine
from tapline.reconciliation.meters.sightings import Counter, Sighting
from tapline.reconciliation.meters.stops import stop_sale
from tapline.uow import UnitOfWork

REACH = 700
"""How many numbers back a machine is looked at: a week of a hundred pours a day."""
_WIDE_EVERY = 20
"""Numbers between two looks that far back; in between, what came is judged beside its neighbours,
so that the work grows with what came in and not with a week of it. Such a look ends at a multiple
of this: what it says follows from the facts, not from how they were grouped when they came."""
EDGE = 50
"""So near the beginning of what is read a fact has too few neighbours to be judged by."""
_OVERLAP = timedelta(minutes=2)
"""A transaction that stored facts may have committed so long after it looked at the clock."""
_SETTLED_S_MIN = 900
"""How long facts have to arrive after the counters that count them, at least."""
REFERENCE = "ref_volume_ml"
"""What the second meter of a machine with `ref_volume` counts, in its telemetry."""


def sweep(uow: UnitOfWork, *, tenant_id: str, since: datetime | None = None) -> int:
    """Examine every machine of which something came in since the last time, or since `since`.

    Returns how many were examined.
    """
    meters, now = MeterRepository(uow, tenant_id), clock.now()
    meters.be_alone()
    if since is None:
        last = meters.examined_at()
        since = last - _OVERLAP if last else None
    in_force = policy.current(uow, tenant_id=tenant_id)
    stirred = meters.stirred(since)
    patience = timedelta(seconds=max(in_force.gap_s, _SETTLED_S_MIN))
    if since is not None:
        # Counters are held against the facts once these have had time to come.
        for device_id in meters.reported(since - patience, now - patience):
            wide = _wide_head(meters.head(device_id))
            stirred[device_id] = min(stirred.get(device_id, wide), wide)
    examination = _Examination(uow, tenant_id, in_force, now - patience)
    for device_id, lowest in sorted(stirred.items()):
        examination.examine(device_id, lowest)
    meters.examined(now)
    return len(stirred)


def drifts(uow: UnitOfWork, *, tenant_id: str, device_id: str) -> bool:
    """Whether the meter of this machine is known to drift: D18 stands."""
    subject = device_subject(device_id)
    return bool(findings.standing(uow, tenant_id=tenant_id, code="D18", subjects=[subject]))


class _Examination:
    """Has the findings about machines say what follows from their facts."""

    def __init__(
        self, uow: UnitOfWork, tenant_id: str, in_force: Policy, settled_before: datetime
    ) -> None:
        self._uow = uow
        self._tenant_id = tenant_id
        self._policy = in_force
        self._settled_before = settled_before
        self._meters = MeterRepository(uow, tenant_id)

    def examine(self, device_id: str, lowest: int) -> None:
        """Look at one machine: its facts around `lowest`, and all after it."""
        head = self._meters.head(device_id)
        wide_head = _wide_head(head)
        is_wide = lowest <= wide_head
        first = max(1, min(lowest, head - REACH if is_wide else head) - 2 * EDGE)
        machine = self._machine(device_id, first)
        if not machine.facts:
            return
        codes: Sequence[str] = rules.JUDGED
        wanted, off = rules.judge(machine, self._policy), None
        if is_wide:
            off = self._drift(machine, wide_head)
            codes, wanted = (*codes, "D18"), wanted | _drifting(device_id, off, self._policy)
        # What lies at the beginning of what was read was judged with more around it before.
        edge = 0 if first == 1 else first + EDGE
        day = None if first == 1 else clock.business_date(machine.facts[0].received_at)
        stored = self._meters.findings(device_id, codes, edge)
        findings.follow(
            self._uow,
            tenant_id=self._tenant_id,
            stored={key: row for key, row in stored.items() if _is_within(row.facts, day)},
            wanted={key: one for key, one in wanted.items() if _is_judged(one, edge, day)},
        )
        if off is not None and abs(off.per_mille) > self._policy.drift_stop_per_mille:
            stop_sale(self._uow, tenant_id=self._tenant_id, device_id=device_id, drift=off)

    def _machine(self, device_id: str, first: int) -> Machine:
        return Machine(
            device_id=device_id,
            facts=self._meters.facts(device_id, first),
            lost=self._meters.lost(device_id),
            totals=self._meters.totals(device_id, self._settled_before),
        )

    def _drift(self, machine: Machine, head: int) -> Drift | None:
        """By how much its meter is off in the last days before `head`, since it was last let sell
        again."""
        released = StopRepository(self._uow, self._tenant_id).last_release(machine.device_id)
        reached = [fact for fact in machine.facts if head - REACH < fact.seq <= head]
        facts, moments = _recent(reached, released)
        register = Register(
            facts,
            moments,
            Counter.ML,
            lost=machine.lost,
            ml_s_max=self._policy.machine_ml_s_max,
        )
        growths = list(register.growths())
        metered = [
            Reference(moment, register.value(growth.after))
            for growth in growths
            if (moment := moments[growth.after]) is not None
        ]
        reference = self._reference(machine.device_id, metered)
        return drift.worst(
            [
                drift.by_totals(
                    [
                        (growth.rise, facts[growth.after].ml)
                        for growth in growths
                        if growth.after == growth.before + 1 and not growth.lost
                    ]
                ),
                drift.by_reference(metered, reference, ml_min=self._policy.drift_ml_min),
                drift.by_pulses(facts),
            ]
        )

    def _reference(self, device_id: str, metered: Sequence[Reference]) -> list[Reference]:
        """What a second meter counted over the same time, where the machine has one."""
        device = devices.get(self._uow, tenant_id=self._tenant_id, device_id=device_id)
        if not metered or "ref_volume" not in (device.hello or {}).get("caps", ()):
            return []
        counted = telemetry.counted(
            self._uow,
            tenant_id=self._tenant_id,
            device_id=device_id,
            name=REFERENCE,
            since=metered[0].moment,
            until=metered[-1].moment,
        )
        return [Reference(moment, ml) for moment, ml in counted]


def _wide_head(head: int) -> int:
    """The number at which a look far back ends; of a young machine the highest there is."""
    return head if head <= 2 * EDGE else head - head % _WIDE_EVERY


def _recent(
    facts: Sequence[Sighting], released: datetime | None
) -> tuple[list[Sighting], list[datetime | None]]:
    """The facts of the last days, and when each happened."""
    moments = clocks.moments(facts)
    newest = max((moment for moment in moments if moment is not None), default=None)
    if newest is None:
        return [], []
    since = newest - timedelta(days=drift.WINDOW_DAYS)
    if released is not None:
        since = max(since, released)
    recent = [
        (fact, moment)
        for fact, moment in zip(facts, moments, strict=True)
        if moment is not None and moment > since
    ]
    return [fact for fact, _ in recent], [moment for _, moment in recent]


def _is_judged(found: Found, edge: int, day: date | None) -> bool:
    return (found.seq is None or found.seq >= edge) and _is_within(found.facts, day)


def _is_within(figures: dict[str, object], day: date | None) -> bool:
    """Whether a finding about a day is about one that was read to its end."""
    told = figures.get("day")
    return day is None or told is None or date.fromisoformat(str(told)) > day


def _drifting(device_id: str, off: Drift | None, in_force: Policy) -> Findings:
    """D18: so far off that the meter is to be calibrated, or that the machine may not sell."""
    if off is None or abs(off.per_mille) <= in_force.drift_per_mille:
        return {}
    return {
        FindingKey("D18", device_subject(device_id)): Found(
            card_no=None,
            amount_fen=0,
            facts={"witness": off.witness, "per_mille": off.per_mille},
            needs_person=abs(off.per_mille) > in_force.drift_stop_per_mille,
            device_id=device_id,
        )
    }
