from collections.abc import Sequence
from datetime import timedelta

from tapline import clock, policy
from tapline.devices import DeviceStream, commands
from tapline.devices.commands import DeviceCommand
from tapline.devices.rules import Run, missing_runs
from tapline.reconciliation.chain import FactKey
from tapline.reconciliation.findings.rules import FindingKey, Found
from tapline.reconciliation.findings.service import record_once
from tapline.reconciliation.gaps import rules
from tapline.reconciliation.gaps.repository import GapRepository
from tapline.uow import UnitOfWork

_RUNS_AT_ONCE = 50


def sweep_gaps(uow: UnitOfWork, *, tenant_id: str) -> int:
    """Record runs of facts that online devices have kept us waiting for, and ask for them again.

    One D07 a run, at its first missing number; a run that shrinks is the same run. Returns how
    many commands were queued.
    """
    gap_s = policy.current(uow, tenant_id=tenant_id).gap_s
    gaps = GapRepository(uow, tenant_id)
    asked = 0
    for stream in gaps.patient_streams(clock.now() - timedelta(seconds=gap_s)):
        runs = _missing(gaps, stream)
        _record(uow, gaps, tenant_id, stream.device_id, runs)
        before = gaps.asked(stream.device_id)
        waiting = commands.open_commands(uow, device_id=stream.device_id, op="resend")
        for run in runs:
            if not _about(run, waiting) and _is_due(_about(run, before), gap_s):
                _ask(uow, tenant_id, stream.device_id, run, ttl_s=rules.ANSWER_S)
                asked += 1
    return asked


def note_released_missing(
    uow: UnitOfWork, *, tenant_id: str, device_id: str, from_seq: int, to_seq: int
) -> None:
    """Record that we lost facts which we had released, and ask the device for what it still has."""
    run = (from_seq, to_seq)
    gaps = GapRepository(uow, tenant_id)
    _record(uow, gaps, tenant_id, device_id, [run], ours=True)
    if not _about(run, gaps.asked(device_id)):
        _ask(uow, tenant_id, device_id, run, ttl_s=rules.RELEASED_ANSWER_S)


def _missing(gaps: GapRepository, stream: DeviceStream) -> list[Run]:
    """The oldest runs that are missing: a device that counts in leaps must not drown the rest."""
    runs = missing_runs(
        stream.upto,
        stream.head,
        gaps.stored_beyond(stream.device_id, stream.upto),
        gaps.lost_beyond(stream.device_id, stream.upto),
    )
    return runs[:_RUNS_AT_ONCE]


def _record(
    uow: UnitOfWork,
    gaps: GapRepository,
    tenant_id: str,
    device_id: str,
    runs: Sequence[Run],
    *,
    ours: bool = False,
) -> None:
    """Record the runs that are no part of one recorded before."""
    known = gaps.found(device_id)
    found = {
        FindingKey.of_fact("D07", FactKey(device_id, first)): Found(
            device_id=device_id,
            seq=first,
            card_no=None,
            amount_fen=0,
            facts={"from": first, "to": last, "ours": ours},
        )
        for first, last in runs
        if not any(begin <= first and last <= end for begin, end in known)
    }
    record_once(uow, tenant_id=tenant_id, found=found)


def _about(run: Run, asked: Sequence[DeviceCommand]) -> list[DeviceCommand]:
    """Those commands that ask for a run, be it within a longer one."""
    return [one for one in asked if one.args["from"] <= run[0] and run[1] <= one.args["to"]]


def _is_due(asked: Sequence[DeviceCommand], gap_s: int) -> bool:
    return not asked or rules.is_due(
        asked=len(asked), last_asked_at=asked[-1].created_at, gap_s=gap_s, now=clock.now()
    )


def _ask(uow: UnitOfWork, tenant_id: str, device_id: str, run: Run, *, ttl_s: int) -> None:
    commands.queue(
        uow,
        tenant_id=tenant_id,
        device_id=device_id,
        op="resend",
        args={"from": run[0], "to": run[1]},
        reason="D07",
        ttl_s=ttl_s,
    )
