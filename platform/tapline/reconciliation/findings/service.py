from collections.abc import Collection, Iterator, Mapping, Sequence
from uuid import UUID

from tapline import clock
from tapline.events import FindingRaised
from tapline.ids import new_id
from tapline.reconciliation.chain import FactKey
from tapline.reconciliation.evidence.rules import digest
from tapline.reconciliation.findings.repository import FindingRepository
from tapline.reconciliation.model import Finding, Resolution, Side
from tapline.reconciliation.rules import REVERSIBLE, FindingKey, Found
from tapline.uow import UnitOfWork


def note_duplicates(
    uow: UnitOfWork, *, tenant_id: str, facts: Collection[tuple[str, int, str | None]]
) -> None:
    """D04: record that facts arrived again; (device_id, seq, card_no) each. No money moves."""
    found = {FindingKey("D04", FactKey(device_id, seq)): card for device_id, seq, card in facts}
    record_once(
        uow,
        tenant_id=tenant_id,
        found={
            key: Found(card_no=card_no, amount_fen=0, facts={}) for key, card_no in found.items()
        },
    )


def record_once(
    uow: UnitOfWork, *, tenant_id: str, found: Mapping[FindingKey, Found]
) -> list[FindingKey]:
    """Record findings that are never judged again; the names of those that are new."""
    if not found:
        return []
    now = clock.now()
    rows = [
        {
            "finding_id": new_id(),
            "tenant_id": tenant_id,
            "code": key.code,
            "device_id": key.fact.device_id,
            "seq": key.fact.seq,
            "card_no": one.card_no,
            "amount_fen": one.amount_fen,
            "resolution": Resolution.NONE,
            "side": Side.OPERATOR,
            "facts": one.facts,
            "evidence": {},
            "evidence_hash": digest({}),
            "detected_at": now,
            "updated_at": now,
        }
        for key, one in sorted(found.items(), key=lambda item: item[0])
    ]
    names = {(row["code"], row["device_id"], row["seq"]): row["finding_id"] for row in rows}
    added = FindingRepository(uow, tenant_id).add_once(rows)
    for key in added:
        finding_id = names[key.code, key.fact.device_id, key.fact.seq]
        assert isinstance(finding_id, UUID)
        uow.emit(
            FindingRaised(
                tenant_id=tenant_id,
                finding_id=finding_id,
                code=key.code,
                device_id=key.fact.device_id,
            )
        )
    return added


def resolve(
    uow: UnitOfWork, *, tenant_id: str, device_id: str, seq: int, resolution: Resolution
) -> None:
    """Note on what was found about a pour how its money was settled; for `refunds` alone."""
    findings = FindingRepository(uow, tenant_id)
    for finding in findings.of_fact(FactKey(device_id, seq), REVERSIBLE):
        finding.resolution = resolution


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
    limit: int = 100,
) -> Sequence[Finding]:
    """What holds now, newest first; of these codes, devices or this card where given.

    For property people the caller names their devices: an empty collection finds nothing.
    """
    return FindingRepository(uow, tenant_id).listed(
        codes=codes, device_ids=device_ids, card_no=card_no, limit=limit
    )


def export_findings(uow: UnitOfWork) -> Iterator[Finding]:
    """What holds now, of every tenant, in order of (device, seq, code), streamed."""
    return FindingRepository.export(uow)
