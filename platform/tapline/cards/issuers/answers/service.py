import hashlib
from collections.abc import Sequence
from uuid import UUID

from tapline import audit, clock
from tapline.cards.issuers.answers import rules
from tapline.cards.issuers.answers.model import Answer, AnsweredLine, AnswerVerdict
from tapline.cards.issuers.answers.repository import AnswerRepository
from tapline.cards.issuers.answers.rules import Claim, Difference, Outcome, Word
from tapline.cards.issuers.breaks.model import IssuerBreak
from tapline.cards.issuers.breaks.repository import BreakRepository
from tapline.cards.issuers.repository import IssuerRepository
from tapline.cards.issuers.settlements.model import Settlement
from tapline.cards.issuers.settlements.repository import SettlementRepository
from tapline.files import sheets
from tapline.files.rules import plain_name
from tapline.ids import new_id
from tapline.uow import UnitOfWork


def take(
    uow: UnitOfWork, *, tenant_id: str, settlement_id: UUID, name: str, content: bytes, actor: str
) -> Answer:
    """Take an issuer's answer to a settlement, CSV or Excel, all of it or nothing.

    The same file again is the same answer. What does not fit our lines becomes breaks.

    Raises:
        NotFoundError: the tenant has no such settlement.
        FlawedError: the file cannot be read; each line that is wrong is named.
    """
    settlements = SettlementRepository(uow, tenant_id)
    settlement = settlements.get(settlement_id)
    IssuerRepository(uow, tenant_id).get(settlement.issuer_id, lock=True)
    answers = AnswerRepository(uow, tenant_id)
    sha256 = hashlib.sha256(content).digest()
    if (known := answers.of_content(settlement_id, sha256)) is not None:
        return known
    said = rules.words(sheets.read(content))
    claims = {one.key: Claim(one.line, one.amount_fen) for one in settlements.lines(settlement_id)}
    before = {line: _word(one) for line, one in answers.lines(settlement_id).items()}
    outcome = rules.held_against(said, claims, before)
    answer = Answer(
        answer_id=new_id(),
        settlement_id=settlement_id,
        tenant_id=tenant_id,
        name=plain_name(name),
        sha256=sha256,
        accepted=_count(outcome, AnswerVerdict.ACCEPTED),
        rejected=_count(outcome, AnswerVerdict.REJECTED),
        breaks=len(outcome.differences),
        taken_at=clock.now(),
        taken_by=actor,
    )
    answers.add(answer)
    answers.add_lines([_row(answer, line, word) for line, word in outcome.answered.items()])
    _open_breaks(uow, settlement, answer, outcome.differences)
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="issuer.answer",
        subject=f"issuer:{settlement.issuer_id}",
        reason=f"{settlement.number}: {answer.name}",
    )
    return answer


def listed(uow: UnitOfWork, *, tenant_id: str, settlement_id: UUID) -> Sequence[Answer]:
    """The answers to a settlement, oldest first."""
    return AnswerRepository(uow, tenant_id).listed(settlement_id)


def words_of(uow: UnitOfWork, *, tenant_id: str, settlement_id: UUID) -> dict[int, AnsweredLine]:
    """What was said to a settlement, by line; nothing where it was not answered.

    Raises:
        NotFoundError: the tenant has no such settlement.
    """
    SettlementRepository(uow, tenant_id).get(settlement_id)
    return AnswerRepository(uow, tenant_id).lines(settlement_id)


def _word(line: AnsweredLine) -> Word:
    return Word("", line.amount_fen, line.verdict, line.reason)


def _count(outcome: Outcome, verdict: AnswerVerdict) -> int:
    return sum(word.verdict is verdict for word in outcome.answered.values())


def _row(answer: Answer, line: int, word: Word) -> dict[str, object]:
    return {
        "settlement_id": answer.settlement_id,
        "line": line,
        "answer_id": answer.answer_id,
        "verdict": word.verdict,
        "amount_fen": word.amount_fen,
        "reason": word.reason,
    }


def _open_breaks(
    uow: UnitOfWork, settlement: Settlement, answer: Answer, differences: Sequence[Difference]
) -> None:
    """One break a kind and line: said once more, it is the same one."""
    breaks = BreakRepository(uow, settlement.tenant_id)
    known = breaks.known(settlement.settlement_id)
    claimed_in = SettlementRepository(uow, settlement.tenant_id).claimed_in(
        settlement.issuer_id, {one.key for one in differences if one.line is not None}
    )
    fresh = {(one.kind.value, one.key): one for one in reversed(differences)}
    breaks.add_all(
        [
            IssuerBreak(
                break_id=new_id(),
                tenant_id=settlement.tenant_id,
                issuer_id=settlement.issuer_id,
                settlement_id=settlement.settlement_id,
                claimed_in=claimed_in.get(one.key),
                answer_id=answer.answer_id,
                kind=one.kind,
                key=one.key,
                line=one.line,
                ours_fen=one.ours_fen,
                theirs_fen=one.theirs_fen,
                words=one.words,
                opened_at=clock.now(),
                reason="",
                restored_fen=0,
            )
            for name, one in reversed(fresh.items())
            if name not in known
        ]
    )
