"""What a machine asks before it serves a card: may it draw, and does money wait for it."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from tapline.cards import apologies, authorisations, vouchers
from tapline.uow import UnitOfWork
from tapline_gateway.handlers.stored import Stored
from tapline_gateway.protocol import AuthAnswer, AuthRequest, LoadAnswer, LoadRequest, format_ts
from tapline_gateway.reading import Answer, Letter


def auth_requests(uow: UnitOfWork, letters: Sequence[Stored]) -> list[Answer]:
    """Say whether cards may draw, and reserve what they may."""
    answers = []
    for tenant_id, run in _by_tenant(letters):
        questions = [_question(letter) for letter in run]
        decided = authorisations.ask(uow, tenant_id=tenant_id, questions=questions)
        visits = [
            apologies.Visit(one.device_id, one.req, one.card_no, is_served=one.why is None)
            for one in decided
        ]
        said = apologies.say(uow, tenant_id=tenant_id, visits=visits)
        answers += [
            Answer(tenant_id, one.device_id, _auth_answer(one, words))
            for one, words in zip(decided, said, strict=True)
        ]
    return answers


def _question(letter: Letter) -> authorisations.Question:
    request = letter.message
    assert isinstance(request, AuthRequest)
    return authorisations.Question(
        letter.device_id, request.req, request.card, request.want_fen, request.code
    )


def _auth_answer(decided: authorisations.Authorisation, say: str | None) -> AuthAnswer:
    if decided.expires_at is None:
        return AuthAnswer(req=decided.req, ok=False, why=decided.why)
    return AuthAnswer(
        req=decided.req,
        ok=True,
        hold=decided.hold_id,
        max_fen=decided.max_fen,
        exp=format_ts(decided.expires_at),
        say=say,
    )


def load_requests(uow: UnitOfWork, letters: Sequence[Stored]) -> list[Answer]:
    """Lease what waits for a tapped card to the machine it was tapped on."""
    answers = []
    for tenant_id, run in _by_tenant(letters):
        taps = [_tap(letter) for letter in run]
        leased = vouchers.ask(uow, tenant_id=tenant_id, taps=taps)
        visits = [
            apologies.Visit(tap.device_id, tap.req, tap.card_no, one.voucher_id if one else None)
            for tap, one in zip(taps, leased, strict=True)
        ]
        said = apologies.say(uow, tenant_id=tenant_id, visits=visits)
        for tap, voucher, words in zip(taps, leased, said, strict=True):
            answers.append(Answer(tenant_id, tap.device_id, _load_answer(tap.req, voucher, words)))
    return answers


def _tap(letter: Letter) -> vouchers.Tap:
    request = letter.message
    assert isinstance(request, LoadRequest)
    return vouchers.Tap(letter.device_id, request.req, request.card, request.atc, request.bal)


def _load_answer(req: str, voucher: vouchers.Voucher | None, say: str | None) -> LoadAnswer:
    if voucher is None:
        return LoadAnswer(req=req, load=None, say=say)
    return LoadAnswer(
        req=req,
        load=voucher.voucher_id,
        card=voucher.card_no,
        amt=voucher.amount_fen,
        exp=format_ts(voucher.expires_at),
        say=say,
    )


def _by_tenant(letters: Sequence[Stored]) -> Iterator[tuple[str, list[Letter]]]:
    ordered = sorted(letters, key=lambda one: one.letter.tenant_id)  # stable: order per device
    for tenant_id, run in groupby(ordered, key=lambda one: one.letter.tenant_id):
        yield tenant_id, [letter for letter, _ in run]
