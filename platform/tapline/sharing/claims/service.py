import hashlib
from collections.abc import Collection, Sequence
from uuid import UUID

from tapline import audit, clock, ledger, partners
from tapline.cards import issuers
from tapline.cards.abroad import (
    AbroadCorrection,
    AbroadLine,
    AbroadRepository,
    AbroadStatement,
    LineState,
    PourName,
)
from tapline.cards.issuers import Issuer
from tapline.errors import ConflictError
from tapline.events import CardsClaimed
from tapline.partners import Partner
from tapline.reconciliation import elsewhere
from tapline.sharing import documents, keys
from tapline.sharing.claims import corrections, postings, rules
from tapline.sharing.claims.rules import Pour
from tapline.sharing.documents import Claims
from tapline.uow import UnitOfWork

_AT_A_TIME = 500
_TOLD_AT_A_TIME = 200


def take(uow: UnitOfWork, *, tenant_id: str, document: bytes, actor: str) -> AbroadStatement:
    """Take another operator's signed statement; the same file again is the same statement.

    A line that fits the hole in its card's chain is posted: the card pays, and we owe the operator.
    One beyond the card's last tap with us waits for the next. The others are disputed, each with
    its reason, and move nothing. A correction is posted once the pour is that it mends.

    Raises:
        InvalidError: the file is none, was changed, was made for somebody else, or has a line that
            cannot be read.
        ConflictError: its sender's key has ended, we have none, its number was used for another
            file, or its sender is not an operator with whom anything is settled.
    """
    text = documents.text_of(document)
    key = keys.sender_of(uow, tenant_id=tenant_id, document=text)
    content = documents.opened_claims(text, key.public_key)
    own = keys.own(uow, tenant_id=tenant_id)
    if own is None:
        raise ConflictError("we have no key that a file could be made for: make it first")
    rules.check(content, own_key=own.public_key, now=clock.now())
    issuer = _operator(uow, tenant_id, key.partner_id)
    # One file of an operator at a time: the same one sent twice is found the second time.
    issuers.get(uow, tenant_id=tenant_id, issuer_id=issuer.issuer_id, lock=True)
    sha256 = hashlib.sha256(document).digest()
    before = AbroadRepository(uow, tenant_id).find(content.statement)
    if before is not None:
        if before.sha256 != sha256:
            raise ConflictError("another file came under this number: ask for one with its own")
        return before
    statement = AbroadStatement(
        tenant_id=tenant_id,
        statement_id=content.statement,
        issuer_id=issuer.issuer_id,
        public_key=key.public_key,
        period_from=content.period_from,
        period_to=content.period_to,
        sha256=sha256,
        document=text,
        made_at=content.made_at,
        taken_by=actor,
        taken_at=clock.now(),
    )
    lines, mending = _lines(statement, content), _corrections(statement, content)
    AbroadRepository(uow, tenant_id).add(statement, lines, mending)
    _judge(uow, tenant_id, lines)
    # With this claim come pours that corrections taken before may have waited for.
    named = {PourName(issuer.issuer_id, one.device, one.seq) for one in content.pours}
    named |= {PourName(issuer.issuer_id, one.device, one.seq) for one in content.corrections}
    corrections.judge(uow, tenant_id=tenant_id, names=named)
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="abroad.take",
        subject=f"issuer:{issuer.issuer_id}",
        reason=f"{statement.statement_id}: {len(lines) + len(mending)} lines",
    )
    return statement


def look_again(uow: UnitOfWork, *, tenant_id: str) -> int:
    """Judge lines that waited for their cards' next tap, and corrections that waited for them; how
    many wait no longer."""
    # Before anything is read or locked: a line that is just being overturned is not mended.
    elsewhere.hold_still(uow, tenant_id=tenant_id)
    waiting = AbroadRepository(uow, tenant_id).waiting(_AT_A_TIME)
    if waiting:
        _judge(uow, tenant_id, waiting)
    settled = sum(one.state is not LineState.WAITING for one in waiting)
    return settled + corrections.look_again(uow, tenant_id=tenant_id)


def listed(uow: UnitOfWork, *, tenant_id: str, issuer_id: str) -> Sequence[AbroadStatement]:
    """An operator's statements, newest first."""
    return AbroadRepository(uow, tenant_id).listed(issuer_id)


def get(uow: UnitOfWork, *, tenant_id: str, statement_id: UUID) -> AbroadStatement:
    """One statement; `NotFoundError` where the tenant has none such."""
    return AbroadRepository(uow, tenant_id).get(statement_id)


def sums(
    uow: UnitOfWork, *, tenant_id: str, statement_ids: Collection[UUID]
) -> dict[UUID, dict[LineState, tuple[int, int]]]:
    """By statement and state: how many pours and corrections, and their fen."""
    return AbroadRepository(uow, tenant_id).sums(statement_ids)


def lines_of(uow: UnitOfWork, *, tenant_id: str, statement_id: UUID) -> Sequence[AbroadLine]:
    """The lines of a statement; `NotFoundError` where the tenant has none such."""
    claims = AbroadRepository(uow, tenant_id)
    return claims.lines(claims.get(statement_id).statement_id)


def issuer_of(uow: UnitOfWork, *, partner: Partner) -> Issuer | None:
    """The account of a partner, found by the legal entity that both name; None where nothing is
    settled with it."""
    for one in issuers.listed(uow, tenant_id=partner.tenant_id):
        if one.is_operator and one.legal_entity == partner.legal_entity:
            return one
    return None


def _operator(uow: UnitOfWork, tenant_id: str, partner_id: UUID) -> Issuer:
    partner = partners.get(uow, tenant_id=tenant_id, partner_id=partner_id)
    if (found := issuer_of(uow, partner=partner)) is not None:
        return found
    raise ConflictError(
        f"nothing is settled with {partner.legal_entity}: once that is agreed, add it under "
        "cards of others as an operator, with this legal entity"
    )


def _lines(statement: AbroadStatement, content: Claims) -> list[AbroadLine]:
    return [
        AbroadLine(
            tenant_id=statement.tenant_id,
            statement_id=statement.statement_id,
            line=number,
            issuer_id=statement.issuer_id,
            device=one.device,
            seq=one.seq,
            card_no=one.card,
            atc=one.atc,
            before_fen=one.before_fen,
            after_fen=one.after_fen,
            amount_fen=one.amount_fen,
            at=one.at,
            state=LineState.WAITING,
            reason="",
            judged_at=statement.taken_at,
        )
        for number, one in enumerate(content.pours, start=1)
    ]


def _corrections(statement: AbroadStatement, content: Claims) -> list[AbroadCorrection]:
    return [
        AbroadCorrection(
            tenant_id=statement.tenant_id,
            statement_id=statement.statement_id,
            line=number,
            issuer_id=statement.issuer_id,
            mends=one.statement,
            device=one.device,
            seq=one.seq,
            revision=one.revision,
            amount_fen=one.amount_fen,
            at=one.at,
            state=LineState.WAITING,
            reason="",
            judged_at=statement.taken_at,
        )
        for number, one in enumerate(content.corrections, start=1)
    ]


def _judge(uow: UnitOfWork, tenant_id: str, lines: Sequence[AbroadLine]) -> None:
    """Hold lines against the chains of their cards; what fits is posted."""
    card_nos = {one.card_no for one in lines}
    rooms = elsewhere.rooms(uow, tenant_id=tenant_id, card_nos=card_nos)
    counted = AbroadRepository(uow, tenant_id).counted(lines)
    verdicts = rules.judged(enumerate(map(_pour, lines)), rooms, counted)
    for number, line in enumerate(lines):
        line.state, line.reason = verdicts[number]
        line.judged_at = clock.now()
    uow.session.flush()
    accepted = [one for one in lines if one.state is LineState.ACCEPTED]
    if accepted:
        times = AbroadRepository(uow, tenant_id).times_overturned(accepted)
        fixed = corrections.of_pours(uow, tenant_id=tenant_id, lines=accepted)
        commands = postings.accepted(accepted, times, fixed)
        ledger.post(uow, tenant_id=tenant_id, commands=commands)
    told = sorted({one.card_no for one in accepted})
    for start in range(0, len(told), _TOLD_AT_A_TIME):
        chunk = tuple(told[start : start + _TOLD_AT_A_TIME])
        uow.emit(CardsClaimed(tenant_id=tenant_id, cards=chunk))


def _pour(line: AbroadLine) -> Pour:
    return Pour(
        line.card_no,
        line.atc,
        line.before_fen,
        line.after_fen,
        line.amount_fen,
        line.at,
        line.name,
    )
