"""How missing runs end: they come after all, the device declares them gone, or a person asks."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from tapline import clock, devices, policy
from tapline.devices import Presence
from tapline.devices.rules import Run, missing_runs
from tapline.policy import Policy
from tapline.reconciliation.chain import FactKey
from tapline.reconciliation.findings import service as findings
from tapline.reconciliation.findings.rules import FindingKey, Found
from tapline.reconciliation.gaps import rules
from tapline.reconciliation.gaps.repository import GapRepository
from tapline.reconciliation.gaps.rules import Ended
from tapline.reconciliation.model import Finding
from tapline.uow import UnitOfWork

_DECLARED = timedelta(days=30)


class OpenMachine(NamedTuple):
    """A machine that has not sent everything yet: what is missing, and since when we know."""

    device_id: str
    first: int
    last: int
    since: datetime


def follow_gaps(uow: UnitOfWork, *, tenant_id: str) -> None:
    """Say of every D07 how it ended, or that it is for a person.

    For a person is what a machine with a line was asked for again and again for a day, and what it
    declared lost: cards and counters alone tell then what there was.
    """
    gaps, in_force = GapRepository(uow, tenant_id), policy.current(uow, tenant_id=tenant_id)
    _find_declared(uow, gaps, tenant_id)
    for finding in gaps.unsettled():
        assert finding.fact is not None
        figures = _figures(uow, gaps, finding, in_force)
        findings.note(
            uow,
            tenant_id=tenant_id,
            code="D07",
            subject=finding.subject,
            found=Found(
                device_id=finding.device_id,
                seq=finding.seq,
                card_no=None,
                amount_fen=0,
                facts=figures,
                needs_person="unhealed" in figures or figures.get("ended") == Ended.LOST,
            ),
        )


def open_machines(uow: UnitOfWork, *, tenant_id: str, day: date) -> list[OpenMachine]:
    """The machines of which a fact of a business day may still be missing: a break of its close."""
    gaps = GapRepository(uow, tenant_id)
    found = []
    for stream in gaps.open_streams():
        before, after = gaps.moments_around(stream.device_id, stream.upto)
        begins = clock.business_date(before) if before else date.min
        ends = clock.business_date(after) if after else date.max
        if begins <= day <= ends:
            assert stream.gap_since is not None
            found.append(
                OpenMachine(stream.device_id, stream.upto + 1, stream.head, stream.gap_since)
            )
    return found


def _find_declared(uow: UnitOfWork, gaps: GapRepository, tenant_id: str) -> None:
    """A loss that was declared before anybody missed it is a gap all the same."""
    wanted: dict[FindingKey, Found] = {}
    for device_id, run in gaps.declared(clock.now() - _DECLARED):
        known = gaps.found(device_id)
        if any(begin <= run[0] and run[1] <= end for begin, end in known):
            continue
        for first, last in missing_runs(
            run[0] - 1, run[1] + 1, [*gaps.stored_within(device_id, run), run[1] + 1], known
        ):
            wanted[FindingKey.of_fact("D07", FactKey(device_id, first))] = Found(
                device_id=device_id,
                seq=first,
                card_no=None,
                amount_fen=0,
                facts={"from": first, "to": last, "ours": False},
            )
    findings.record_once(uow, tenant_id=tenant_id, found=wanted)


def _figures(
    uow: UnitOfWork, gaps: GapRepository, finding: Finding, in_force: Policy
) -> dict[str, Any]:
    """What a D07 says now."""
    said = {name: finding.facts[name] for name in ("from", "to", "ours")}
    assert finding.device_id is not None
    run = (said["from"], said["to"])
    stored = gaps.stored_within(finding.device_id, run)
    lost = _lost(run, stored, gaps.lost_within(finding.device_id, run))
    end = rules.ended(length=run[1] - run[0] + 1, stored=len(stored), lost=lost)
    if end is not None:
        return said | {"ended": end.value} | ({"lost": lost} if end is Ended.LOST else {})
    device = devices.get(uow, tenant_id=finding.tenant_id, device_id=finding.device_id)
    asked = [
        one
        for one in gaps.asked(finding.device_id)
        if one.args["from"] <= run[1] and run[0] <= one.args["to"]
    ]
    overdue = rules.is_overdue(
        asked=len(asked),
        found_at=finding.detected_at,
        is_online=device.presence is Presence.ONLINE,
        ticket_s=in_force.gap_ticket_s,
        now=clock.now(),
    )
    # Once it was for a person, a pause of the line does not make it less so.
    return said | ({"unhealed": True} if overdue or "unhealed" in finding.facts else {})


def _lost(run: Run, stored: list[int], declared: list[Run]) -> int:
    """How many numbers of a run are not stored and were declared lost."""
    first, last = run
    beyond = [*stored, last + 1]
    missing = missing_runs(first - 1, last + 1, beyond, [])
    still = missing_runs(first - 1, last + 1, beyond, declared)
    return _length(missing) - _length(still)


def _length(runs: list[Run]) -> int:
    return sum(last - first + 1 for first, last in runs)
