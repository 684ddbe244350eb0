from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from tapline import audit, clock, policy
from tapline.cards.facts import Fact, FactFlaw
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.ids import new_id
from tapline.people import Staff
from tapline.reconciliation.chain import FactKey
from tapline.reconciliation.decisions import rules
from tapline.reconciliation.decisions.model import DecisionState, FindingDecision
from tapline.reconciliation.decisions.repository import DecisionRepository
from tapline.reconciliation.findings import service as findings
from tapline.reconciliation.model import Finding
from tapline.reconciliation.repository import FactsRepository
from tapline.reconciliation.service import reconcile_cards
from tapline.uow import UnitOfWork


class Option(NamedTuple):
    """One of the stories between which a person chooses, as its machine told it."""

    name: str
    fact: Fact


def options(uow: UnitOfWork, *, tenant_id: str, finding: Finding) -> list[Option]:
    """What there is to choose from; empty where nobody can choose."""
    if finding.code not in rules.DECIDABLE or finding.retracted_at is not None:
        return []
    found = FactsRepository(uow, tenant_id).named(_keys(finding))
    return [
        Option(rules.name_of(finding.code, key, fact.content_hash), fact)
        for key, contents in sorted(found.items())
        for fact in contents
        if _counts(finding, fact)
    ]


def of_finding(uow: UnitOfWork, *, tenant_id: str, finding_id: UUID) -> Sequence[FindingDecision]:
    """What people decided about a finding, newest first."""
    return DecisionRepository(uow, tenant_id).of_finding(finding_id)


def decide(
    uow: UnitOfWork, *, tenant_id: str, finding_id: UUID, choice: str, reason: str, staff: Staff
) -> FindingDecision:
    """Say which story is true, that none is (`none`), or that the chain shall say (`open`).

    It counts at once where no more is at stake than one person moves alone; else a second person
    confirms it. Cards, ledger and finding follow from a new judgement.

    Raises:
        NotFoundError: the tenant has no such finding.
        DeniedError: it is not for this colleague to decide.
        InvalidError: no reason, or nothing to choose of that name.
        ConflictError: it was withdrawn, or waits for a second person already.
    """
    if staff.role not in rules.DECIDERS:
        raise DeniedError("the desk decides about records: ask a colleague there")
    if not reason.strip():
        raise InvalidError("say why: the customer and an auditor will ask")
    FactsRepository(uow, tenant_id).be_alone()
    finding = findings.get(uow, tenant_id=tenant_id, finding_id=finding_id)
    stories = options(uow, tenant_id=tenant_id, finding=finding)
    names = [one.name for one in stories]
    if not names:
        raise ConflictError("there is nothing to decide any more: look at the finding again")
    if choice not in {rules.NONE, rules.OPEN, *names}:
        raise InvalidError("choose one of the stories, none of them, or leave it to the chain")
    decisions = DecisionRepository(uow, tenant_id)
    if any(one.state is DecisionState.PROPOSED for one in decisions.of_finding(finding_id)):
        raise ConflictError("a decision waits for a second person: confirm or refuse that first")
    decision = FindingDecision(
        decision_id=new_id(),
        tenant_id=tenant_id,
        finding_id=finding_id,
        code=finding.code,
        subject=finding.subject,
        card_no=finding.card_no,
        choice=choice,
        seen=sorted(set(names)),
        stake_fen=sum(one.fact.amt_fen for one in stories),
        reason=reason.strip(),
        state=DecisionState.PROPOSED,
        proposed_by=staff.login,
        proposed_at=clock.now(),
    )
    decisions.add(decision)
    _record(uow, decision, staff, "finding.decide", decision.reason)
    if decision.stake_fen <= policy.current(uow, tenant_id=tenant_id).adjustment_alone_fen_max:
        _stand(uow, decision, staff, stories)
    return decision


def confirm(uow: UnitOfWork, *, tenant_id: str, decision_id: UUID, staff: Staff) -> FindingDecision:
    """Let a colleague's decision count.

    Raises:
        NotFoundError: the tenant has no such decision.
        DeniedError: his own, or not a supervisor's to confirm.
        ConflictError: it does not wait any more, or something else came in meanwhile.
    """
    FactsRepository(uow, tenant_id).be_alone()
    decision = _waiting(uow, tenant_id, decision_id, staff)
    finding = findings.get(uow, tenant_id=tenant_id, finding_id=decision.finding_id)
    stories = options(uow, tenant_id=tenant_id, finding=finding)
    if sorted({one.name for one in stories}) != decision.seen:
        raise ConflictError("another story came in meanwhile: refuse it and decide anew")
    _stand(uow, decision, staff, stories)
    _record(uow, decision, staff, "finding.confirm", decision.reason)
    return decision


def refuse(
    uow: UnitOfWork, *, tenant_id: str, decision_id: UUID, reason: str, staff: Staff
) -> FindingDecision:
    """Send a colleague's decision back; everything stays as it was. Raises as `confirm`."""
    if not reason.strip():
        raise InvalidError("say why not: whoever proposed it will ask")
    decision = _waiting(uow, tenant_id, decision_id, staff)
    decision.state = DecisionState.REFUSED
    decision.decided_by, decision.decided_at = staff.login, clock.now()
    _record(uow, decision, staff, "finding.refuse", reason.strip())
    return decision


def _keys(finding: Finding) -> Collection[FactKey]:
    if finding.fact is not None:
        return [finding.fact]
    named = (str(one).rpartition(":") for one in finding.facts.get("operations", ()))
    return [FactKey(device_id, int(seq)) for device_id, _, seq in named]


def _counts(finding: Finding, fact: Fact) -> bool:
    """Whether a version may stand: one that its card did not sign may not, and of an operation at
    one count only the one that was made there."""
    if fact.flaw is FactFlaw.WRONG_PROOF:
        return False
    return finding.code == "D05" or fact.atc == finding.facts["atc"]


def _waiting(uow: UnitOfWork, tenant_id: str, decision_id: UUID, staff: Staff) -> FindingDecision:
    decision = DecisionRepository(uow, tenant_id).get(decision_id)
    if decision.state is not DecisionState.PROPOSED:
        raise ConflictError("it does not wait for anybody any more: look at the finding again")
    if staff.login == decision.proposed_by:
        raise DeniedError("nobody confirms his own decision: ask a supervisor")
    if staff.role not in rules.CONFIRMERS:
        raise DeniedError("a supervisor is the second person here: ask one")
    return decision


def _stand(
    uow: UnitOfWork, decision: FindingDecision, staff: Staff, stories: Sequence[Option]
) -> None:
    for earlier in DecisionRepository(uow, decision.tenant_id).of_finding(decision.finding_id):
        if earlier.state is DecisionState.STANDS:
            earlier.state = DecisionState.OVERTAKEN
    uow.session.flush()
    decision.state = DecisionState.STANDS
    decision.decided_by, decision.decided_at = staff.login, clock.now()
    uow.session.flush()
    cards = {one.fact.card_no for one in stories if one.fact.card_no is not None}
    reconcile_cards(uow, tenant_id=decision.tenant_id, cards=sorted(cards))


def _record(
    uow: UnitOfWork, decision: FindingDecision, staff: Staff, action: str, reason: str
) -> None:
    audit.record(
        uow,
        tenant_id=decision.tenant_id,
        actor=staff.login,
        action=action,
        subject=f"finding:{decision.finding_id}",
        reason=f"{decision.choice}: {reason}",
    )
