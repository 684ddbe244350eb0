"""Facts: what a device did with a card, stored, posted and released."""

import hashlib
from collections.abc import Iterator, Sequence
from itertools import chain, groupby

from tapline.cards import facts as card_facts
from tapline.cards.facts import FactFlaw, FactIn, Verdict
from tapline.devices import Vault, messages
from tapline.uow import UnitOfWork
from tapline_gateway.handlers.stored import Stored
from tapline_gateway.protocol import (
    Ack,
    AckItem,
    BrokenFact,
    Fact,
    Nack,
    NackAct,
    NackCode,
    Stream,
    TxnFrame,
    content_hash,
)
from tapline_gateway.protocol import Verdict as WireVerdict
from tapline_gateway.reading import Answer, Letter

_REASONS_CHARS_MAX = 1000


def facts(uow: UnitOfWork, letters: Sequence[Stored], vault: Vault) -> list[Answer]:
    """Store and post the batches of any number of devices; release what is stored."""
    answers: list[Answer] = []
    ordered = sorted(letters, key=lambda one: one.letter.tenant_id)  # stable: order per device
    for tenant_id, run in groupby(ordered, key=lambda one: one.letter.tenant_id):
        batches = list(run)
        incoming = [list(_incoming(one)) for one in batches]
        batch = list(chain.from_iterable(incoming))
        released = card_facts.ingest(uow, tenant_id=tenant_id, facts=batch, vault=vault)
        verdicts = iter(released.verdicts)
        for (letter, _), own in zip(batches, incoming, strict=True):
            upto = released.upto.get(letter.device_id)
            answers += _releases(letter, own, verdicts, upto)
    _bury_broken(uow, letters)
    return answers


def _incoming(stored: Stored) -> Iterator[FactIn]:
    frame = stored.letter.message
    assert isinstance(frame, TxnFrame)
    for fact in frame.facts:
        if isinstance(fact, Fact):
            yield _fact_in(stored, frame.boot, fact)
        elif fact.seq is not None:
            yield FactIn(
                device_id=stored.letter.device_id,
                seq=fact.seq,
                content_hash=fact_hash(fact),
                inbox_id=stored.inbox_id,
                boot=frame.boot,
                flaw=FactFlaw.UNREADABLE,
                assurance=stored.letter.assurance,
            )


def fact_hash(fact: Fact | BrokenFact) -> bytes:
    """What makes two versions of a fact the same; of one that cannot be read, its bytes."""
    if isinstance(fact, BrokenFact):
        return hashlib.sha256(fact.raw).digest()
    return content_hash(fact)


def _fact_in(stored: Stored, boot: int, fact: Fact) -> FactIn:
    totals = fact.tot
    return FactIn(
        device_id=stored.letter.device_id,
        seq=fact.seq,
        content_hash=fact_hash(fact),
        inbox_id=stored.inbox_id,
        boot=boot if fact.boot is None else fact.boot,
        op=fact.op.value,
        ts=fact.ts or "",
        moment=fact.moment,
        clk=fact.clk,
        off=fact.off,
        card_no=fact.card.no,
        card_kind=fact.card.kind.value,
        atc=fact.atc,
        bal_before_fen=fact.bal_before,
        amt_fen=fact.amt,
        bal_after_fen=fact.bal_after,
        tariff=fact.tariff,
        ml=fact.ml,
        ml_req=fact.ml_req,
        pulses=fact.pulses,
        nozzle=fact.nozzle,
        status=fact.status.value,
        auth=fact.auth,
        load_id=fact.load,
        total_n=totals.n if totals else None,
        total_fen=totals.fen if totals else None,
        total_ml=totals.ml if totals else None,
        tac=fact.tac,
        assurance=stored.letter.assurance,
    )


def _releases(
    letter: Letter, batch: Sequence[FactIn], verdicts: Iterator[Verdict], upto: int | None
) -> Iterator[Answer]:
    """The release of one batch; a fact whose number cannot be read is answered by a nack."""
    if upto is not None:
        items = [
            AckItem(seq=fact.seq, verdict=WireVerdict(verdict.value))
            for fact, verdict in zip(batch, verdicts, strict=False)
            if fact.seq > upto or verdict is not Verdict.ACCEPTED
        ]
        ack = Ack(stream=Stream.TXN, upto=upto, items=items)
        yield Answer(letter.tenant_id, letter.device_id, ack)
    if any(fact.seq is None for fact in _broken(letter)):
        nack = Nack(
            topic=letter.topic.name,
            sha256=hashlib.sha256(letter.payload).hexdigest(),
            code=NackCode.SCHEMA,
            act=NackAct.PARK,
        )
        yield Answer(letter.tenant_id, letter.device_id, nack)


def _broken(letter: Letter) -> list[BrokenFact]:
    frame = letter.message
    assert isinstance(frame, TxnFrame)
    return [fact for fact in frame.facts if isinstance(fact, BrokenFact)]


def _bury_broken(uow: UnitOfWork, letters: Sequence[Stored]) -> None:
    messages.bury(
        uow,
        [
            letter.refusal(NackCode.SCHEMA.value, _reasons(broken), is_released=True)
            for letter, _ in letters
            if (broken := _broken(letter))
        ],
    )


def _reasons(broken: Sequence[BrokenFact]) -> str:
    """One letter a batch, whatever is broken in it: its bytes are kept once."""
    return "; ".join(f"fact {one.seq}: {one.reason}" for one in broken)[:_REASONS_CHARS_MAX]
