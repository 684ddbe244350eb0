import hashlib
from datetime import date
from uuid import UUID

from tapline import audit, clock, partners, tenants
from tapline.cards import issuers
from tapline.cards.issuers import Issuer, settlements
from tapline.cards.issuers.settlements import FactName, Settlement
from tapline.errors import ConflictError, InvalidError
from tapline.partners import Partner, PartnerKind
from tapline.people import Vault
from tapline.sharing import documents, keys
from tapline.sharing.claims.rules import LINES_MAX
from tapline.sharing.demands import rules
from tapline.sharing.demands.model import Demand
from tapline.sharing.demands.repository import DemandRepository
from tapline.sharing.demands.rules import Asked
from tapline.sharing.documents import Claims, Party
from tapline.uow import UnitOfWork


def demand(
    uow: UnitOfWork, *, tenant_id: str, issuer_id: str, period_to: date, vault: Vault, actor: str
) -> Demand:
    """The file that asks an operator for everything up to `period_to` that no settlement claims.

    Asked for again with the same day it is the same file to the byte; what came in since stands in
    the next one.

    Raises:
        NotFoundError: no such issuer.
        InvalidError: it is no operator, the day is not over, or lies before what is settled.
        ConflictError: there is nothing to claim, no key of ours or of its, or nobody it is made
            for.
    """
    issuer = _operator(uow, tenant_id, issuer_id)
    issued = settlements.listed(uow, tenant_id=tenant_id, issuer_id=issuer.issuer_id)
    same = [one for one in issued if one.period_to == period_to]
    settlement = (
        same[-1]
        if same
        else settlements.issue(
            uow, tenant_id=tenant_id, issuer_id=issuer_id, period_to=period_to, actor=actor
        )
    )
    return _of(uow, issuer, settlement, vault, actor)


def of_settlement(
    uow: UnitOfWork, *, tenant_id: str, settlement_id: UUID, vault: Vault, actor: str
) -> Demand:
    """The file of a settlement with an operator, the same whenever it is asked for; raises as
    `demand`."""
    settlement = settlements.get(uow, tenant_id=tenant_id, settlement_id=settlement_id)
    issuer = _operator(uow, tenant_id, settlement.issuer_id)
    return _of(uow, issuer, settlement, vault, actor)


def made(uow: UnitOfWork, *, tenant_id: str, settlement_id: UUID) -> Demand | None:
    """The file of a settlement; None where nobody has asked for it yet."""
    return DemandRepository(uow, tenant_id).find(settlement_id)


def _operator(uow: UnitOfWork, tenant_id: str, issuer_id: str) -> Issuer:
    # Locked: two who ask at once get the same file.
    issuer = issuers.get(uow, tenant_id=tenant_id, issuer_id=issuer_id, lock=True)
    if not issuer.is_operator:
        raise InvalidError(f"{issuer.name} is no operator: send it the settlement as CSV or Excel")
    return issuer


def _of(
    uow: UnitOfWork, issuer: Issuer, settlement: Settlement, vault: Vault, actor: str
) -> Demand:
    demands = DemandRepository(uow, issuer.tenant_id)
    if (found := demands.find(settlement.settlement_id)) is not None:
        return found
    asked = _asked(uow, settlement)
    content = _content(uow, issuer, settlement, asked)
    private = keys.private_key(uow, tenant_id=issuer.tenant_id, vault=vault)
    document = documents.sign(content, private)
    if len(document.encode()) > documents.DOCUMENT_BYTES_MAX:
        raise ConflictError("the file is larger than anybody takes: settle shorter periods")
    made = Demand(
        settlement_id=settlement.settlement_id,
        tenant_id=issuer.tenant_id,
        receiver_key=content.receiver.key,
        document=document,
        sha256=hashlib.sha256(document.encode()).digest(),
        pours=len(asked.pours),
        corrections=len(asked.corrections),
        total_fen=asked.total_fen,
        left_out_fen=asked.left_out_fen,
        made_by=actor,
        made_at=clock.now(),
    )
    demands.add(made)
    audit.record(
        uow,
        tenant_id=issuer.tenant_id,
        actor=actor,
        action="demand.make",
        subject=f"issuer:{issuer.issuer_id}",
        reason=f"{settlement.number}: {made.total_fen} fen",
    )
    return made


def _asked(uow: UnitOfWork, settlement: Settlement) -> Asked:
    lines = settlements.lines_of(
        uow, tenant_id=settlement.tenant_id, settlement_id=settlement.settlement_id
    )
    past = rules.pasts(settlements.history(uow, settlement=settlement))
    named = {FactName(one.device_id, one.seq) for one in lines}
    records = settlements.records(
        uow, tenant_id=settlement.tenant_id, lines=[past[name].first for name in named]
    )
    asked = rules.asked(settlement.number, lines, past, records)
    count = len(asked.pours) + len(asked.corrections)
    if not count:
        raise ConflictError("no card's counter stands in any of its lines: nothing can be claimed")
    if count > LINES_MAX:
        raise ConflictError(
            f"a file has at most {LINES_MAX} lines, this one {count}: settle shorter periods"
        )
    return asked


def _content(uow: UnitOfWork, issuer: Issuer, settlement: Settlement, asked: Asked) -> Claims:
    tenant = tenants.get(uow, tenant_id=issuer.tenant_id)
    partner = _partner(uow, issuer)
    own = keys.own(uow, tenant_id=issuer.tenant_id)
    theirs = keys.current(uow, tenant_id=issuer.tenant_id, partner_id=partner.partner_id)
    if own is None:
        raise ConflictError("there is no key to sign with: an administrator makes it first")
    if theirs is None:
        raise ConflictError(f"{partner.name} has no key: an administrator registers it first")
    return Claims(
        statement=settlement.settlement_id,
        made_at=settlement.issued_at,
        sender=Party(own.public_key, tenant.name, tenant.legal_entity),
        receiver=Party(theirs, partner.name, partner.legal_entity),
        period_from=settlement.period_from,
        period_to=settlement.period_to,
        pours=asked.pours,
        corrections=asked.corrections,
    )


def _partner(uow: UnitOfWork, issuer: Issuer) -> Partner:
    """The partner whose legal entity the operator names."""
    for one in partners.listed(uow, tenant_id=issuer.tenant_id):
        if one.kind is PartnerKind.OPERATOR and one.legal_entity == issuer.legal_entity:
            return one
    raise ConflictError(
        f"no partner of ours is {issuer.legal_entity}: add it as an operator, with this legal "
        "entity and its key"
    )
