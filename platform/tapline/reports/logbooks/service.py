from datetime import datetime

from tapline.people import Scope
from tapline.reports.estate import service as estate
from tapline.reports.logbooks import rules
from tapline.reports.logbooks.repository import LogbookReads
from tapline.reports.logbooks.rules import LogEntry, LogKind
from tapline.uow import UnitOfWork


def logbook(
    uow: UnitOfWork,
    *,
    scope: Scope,
    device_id: str,
    since: datetime,
    until: datetime,
    kind: LogKind | None = None,
) -> list[LogEntry]:
    """What became of a machine in [since, until), newest first; of one kind where given.

    Raises:
        NotFoundError: the machine is outside of `scope`.
    """
    estate.device(uow, scope=scope, device_id=device_id, last=0)
    reads = LogbookReads(uow, scope.tenant_id, device_id, since, until)
    found = [entry for one in ([kind] if kind else LogKind) for entry in _entries(reads, one)]
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def _entries(reads: LogbookReads, kind: LogKind) -> list[LogEntry]:
    match kind:
        case LogKind.METER:
            return rules.of_meter(reads.meter_days())
        case LogKind.REPAIR:
            return [rules.of_repair(work, ticket) for work, ticket in reads.repairs()]
        case LogKind.TREATMENT:
            return [rules.of_treatment(done) for done in reads.treatments()]
        case LogKind.ABNORMAL:
            return [rules.of_finding(finding) for finding in reads.findings()]
        case LogKind.ALARM:
            return [rules.of_alarm(alarm) for alarm in reads.alarms()]
