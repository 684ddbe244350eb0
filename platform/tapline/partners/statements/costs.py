"""What findings have cost the operator: what the ledger says was given back because of each."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from tapline import ledger, reconciliation
from tapline.ledger import StatementLine, chart
from tapline.reconciliation import Finding
from tapline.reconciliation.chain import FactKey
from tapline.uow import UnitOfWork

_BORNE = ("rev:", "exp:", "loss:")
_REVISIONS_AT_ONCE = 8


class Cost(NamedTuple):
    """What was given back in fen, and the account that a partner's payment makes good."""

    amount_fen: int
    account: str


NOTHING = Cost(0, chart.RECOVERED.code)


def of_findings(
    uow: UnitOfWork, *, tenant_id: str, findings: Sequence[Finding]
) -> dict[UUID, Cost]:
    """What each finding has cost. One pour has one correction: the rule that names it bears it."""
    naming = {
        finding.finding_id: finding.fact
        for finding in findings
        if finding.fact is not None and _names_target(uow, finding)
    }
    costs = _of_facts(uow, tenant_id, set(naming.values()))
    return {
        finding.finding_id: costs[naming[finding.finding_id]]
        if finding.finding_id in naming
        else NOTHING
        for finding in findings
    }


def _names_target(uow: UnitOfWork, finding: Finding) -> bool:
    assert finding.fact is not None
    target = reconciliation.target_of(
        uow,
        tenant_id=finding.tenant_id,
        device_id=finding.fact.device_id,
        seq=finding.fact.seq,
    )
    return target is not None and target.code == finding.code


def _of_facts(uow: UnitOfWork, tenant_id: str, facts: set[FactKey]) -> dict[FactKey, Cost]:
    """From the corrections of each, `fix:{device}:{seq}:{revision}`, which count without a gap."""
    posted: dict[FactKey, list[StatementLine]] = defaultdict(list)
    first, open_ = 1, facts
    while open_:
        keys = {
            f"fix:{fact.device_id}:{fact.seq}:{revision}": fact
            for fact in open_
            for revision in range(first, first + _REVISIONS_AT_ONCE)
        }
        found = ledger.entries_for_keys(uow, tenant_id=tenant_id, keys=list(keys))
        for key, fact in keys.items():
            posted[fact] += found[key]
        first += _REVISIONS_AT_ONCE
        open_ = {fact for fact in open_ if found[f"fix:{fact.device_id}:{fact.seq}:{first - 1}"]}
    return {fact: _cost(posted[fact]) for fact in facts}


def _cost(lines: Iterable[StatementLine]) -> Cost:
    borne: dict[str, int] = defaultdict(int)
    for line in lines:
        if line.code.startswith(_BORNE) and not line.pending:
            borne[line.code] += line.amount if line.side == "D" else -line.amount
    if not borne:
        return NOTHING
    most = max(borne, key=lambda code: (borne[code], code))
    account = chart.RECOVERED.code if most.startswith("rev:") else most
    return Cost(sum(borne.values()), account)
