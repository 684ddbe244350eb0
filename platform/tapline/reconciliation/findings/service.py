from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from tapline import clock
from tapline.events import FindingRaised
from tapline.ids import new_id
from tapline.reconciliation import evidence
from tapline.reconciliation.chain import Chains, FactKey
from tapline.reconciliation.evidence.rules import digest
from tapline.reconciliation.findings.repository import FindingRepository
from tapline.reconciliation.findings.rules import FindingKey, Found
from tapline.reconciliation.model import Finding, Resolution, Side
from tapline.reconciliation.rules import REVERSIBLE
from tapline.uow import UnitOfWork


def note(uow: UnitOfWork, *, tenant_id: str, code: str, subject: str, found: Found) -> Finding:
    """Have a finding say what was found: raised, changed, or raised again after it was withdrawn.

    Noting what it says already changes nothing and tells nobody. Evidence, and the side proposed,
    are frozen anew with each change.
    """
    key = FindingKey(code, subject)
    findings = FindingRepository(uow, tenant_id)
    findings.be_alone(key)
    stored = findings.named([key])
    follow(uow, tenant_id=tenant_id, stored=stored, wanted={key: found})
    return stored[key]


def withdraw(uow: UnitOfWork, *, tenant_id: str, code: str, subject: str) -> bool:
    """What was found never was, or is over; whether that is news."""
    key = FindingKey(code, subject)
    findings = FindingRepository(uow, tenant_id)
    findings.be_alone(key)
    return bool(follow(uow, tenant_id=tenant_id, stored=findings.named([key]), wanted={}))


def standing(
    uow: UnitOfWork, *, tenant_id: str, code: str, subjects: Collection[str] | None = None
) -> dict[str, Finding]:
    """What holds of a rule now, by subject; of these subjects alone where given."""
    return FindingRepository(uow, tenant_id).standing(code, subjects)


def follow(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    stored: dict[FindingKey, Finding],
    wanted: Mapping[FindingKey, Found],
    chains: Chains | None = None,
) -> list[Finding]:
    """Make the findings `stored`, withdrawn ones among them, say what is `wanted`; which changed.

    New ones are added to `stored`. The caller keeps others from doing the same. `chains` hold what
    stands of the cards concerned, for the evidence.
    """
    findings = FindingRepository(uow, tenant_id)
    changed = []
    for key, found in sorted(wanted.items(), key=lambda item: item[0]):
        row = stored.get(key)
        if row is None:
            row = stored[key] = _blank(tenant_id, key)
        elif not _differs(row, found):
            continue
        _change(row, found)
        changed.append(row)
    evidence.attach(uow, tenant_id=tenant_id, findings=changed, chains=chains or Chains({}))
    for row in changed:
        if (side := wanted[FindingKey(row.code, row.subject)].side) is not None:
            row.side = side
        findings.add(row)
    for key, row in sorted(stored.items(), key=lambda item: item[0]):
        if key not in wanted and row.retracted_at is None:
            _retract(row)
            changed.append(row)
    for row in changed:
        _emit(uow, row.tenant_id, row.finding_id, row.code, row.device_id)
    return changed


def note_duplicates(
    uow: UnitOfWork, *, tenant_id: str, facts: Collection[tuple[str, int, str | None]]
) -> None:
    """D04: record that facts arrived again; (device_id, seq, card_no) each. No money moves."""
    record_once(
        uow,
        tenant_id=tenant_id,
        found={
            FindingKey.of_fact("D04", FactKey(device_id, seq)): Found(
                device_id=device_id, seq=seq, card_no=card_no, amount_fen=0, facts={}
            )
            for device_id, seq, card_no in facts
        },
    )


def record_once(
    uow: UnitOfWork, *, tenant_id: str, found: Mapping[FindingKey, Found]
) -> list[FindingKey]:
    """Record findings that are never judged again; the names of those that are new.

    Without evidence, and in one statement: a whole fleet may repeat itself at once.
    """
    if not found:
        return []
    now = clock.now()
    names = {key: new_id() for key in sorted(found)}
    rows = [
        {
            "finding_id": finding_id,
            "tenant_id": tenant_id,
            "code": key.code,
            "subject": key.subject,
            "device_id": (one := found[key]).device_id,
            "seq": one.seq,
            "card_no": one.card_no,
            "amount_fen": one.amount_fen,
            "needs_person": one.needs_person,
            "resolution": Resolution.TICKET if one.needs_person else Resolution.NONE,
            "side": one.side or Side.OPERATOR,
            "facts": one.facts,
            "evidence": {},
            "evidence_hash": digest({}),
            "detected_at": now,
            "updated_at": now,
        }
        for key, finding_id in names.items()
    ]
    added = FindingRepository(uow, tenant_id).add_once(rows)
    for key in added:
        _emit(uow, tenant_id, names[key], key.code, found[key].device_id)
    return added


def resolve(
    uow: UnitOfWork, *, tenant_id: str, device_id: str, seq: int, resolution: Resolution
) -> None:
    """Note on what was found about a pour how its money was settled; for `refunds` alone."""
    findings = FindingRepository(uow, tenant_id)
    for finding in findings.of_fact(FactKey(device_id, seq), REVERSIBLE):
        finding.resolution = resolution


def mark(
    uow: UnitOfWork, *, tenant_id: str, code: str, subject: str, resolution: Resolution
) -> None:
    """Note on what was found about anything but a pour how its money was settled."""
    if found := standing(uow, tenant_id=tenant_id, code=code, subjects=[subject]).get(subject):
        found.resolution = resolution


def get(uow: UnitOfWork, *, tenant_id: str, finding_id: UUID) -> Finding:
    """One finding, retracted or not; `NotFoundError` where the tenant has none such."""
    return FindingRepository(uow, tenant_id).get(finding_id)


def of_fact(uow: UnitOfWork, *, tenant_id: str, device_id: str, seq: int) -> Sequence[Finding]:
    """What holds of a fact now, by code."""
    return FindingRepository(uow, tenant_id).of_fact(FactKey(device_id, seq))


def listed(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    codes: Collection[str] | None = None,
    device_ids: Collection[str] | None = None,
    card_no: str | None = None,
    resolution: Resolution | None = None,
    side: Side | None = None,
    found_before: datetime | None = None,
    limit: int = 100,
) -> Sequence[Finding]:
    """What holds now, newest first; where given, of these codes, devices, this card, settled so,
    proposed for that side, found before a moment.

    For property people the caller names their devices: an empty collection finds nothing.
    """
    return FindingRepository(uow, tenant_id).listed(
        codes=codes,
        device_ids=device_ids,
        card_no=card_no,
        resolution=resolution,
        side=side,
        found_before=found_before,
        limit=limit,
    )


def counts(uow: UnitOfWork, *, tenant_id: str, day: date | None = None) -> dict[str, int]:
    """How many findings hold now, by rule; of those found on one business day where given."""
    since = clock.begins(day) if day else None
    until = clock.begins(day + timedelta(days=1)) if day else None
    return FindingRepository(uow, tenant_id).counts(since, until)


def export_findings(uow: UnitOfWork) -> Iterator[Finding]:
    """What holds now, of every tenant, in order of (tenant, subject, code), streamed."""
    return FindingRepository.export(uow)


def _blank(tenant_id: str, key: FindingKey) -> Finding:
    return Finding(
        finding_id=new_id(),
        tenant_id=tenant_id,
        code=key.code,
        subject=key.subject,
        detected_at=clock.now(),
    )


def _differs(row: Finding, found: Found) -> bool:
    return row.retracted_at is not None or (
        row.card_no,
        row.device_id,
        row.seq,
        row.amount_fen,
        row.facts,
        row.needs_person,
    ) != (
        found.card_no,
        found.device_id,
        found.seq,
        found.amount_fen,
        found.facts,
        found.needs_person,
    )


def _change(row: Finding, found: Found) -> None:
    row.card_no, row.device_id, row.seq = found.card_no, found.device_id, found.seq
    row.amount_fen, row.facts, row.needs_person = found.amount_fen, found.facts, found.needs_person
    # What was given back before says nothing of the new amount: `refunds` is asked again.
    row.resolution = Resolution.TICKET if found.needs_person else Resolution.NONE
    row.retracted_at = None
    row.updated_at = clock.now()


def _retract(row: Finding) -> None:
    row.retracted_at = row.updated_at = clock.now()
    row.resolution = Resolution.NONE


def _emit(
    uow: UnitOfWork, tenant_id: str, finding_id: UUID, code: str, device_id: str | None
) -> None:
    uow.emit(
        FindingRaised(tenant_id=tenant_id, finding_id=finding_id, code=code, device_id=device_id)
    )
