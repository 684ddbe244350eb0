from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple

from tapline import clock, ledger, policy
from tapline.cards import blocklist, issuers
from tapline.cards.authorisations.model import Authorisation, AuthorisationState
from tapline.cards.authorisations.repository import AuthorisationRepository
from tapline.cards.authorisations.rules import Refusal, barred, granted_fen, stopped_by
from tapline.cards.authorisations.screens.service import redeem
from tapline.cards.model import Card, CardKind
from tapline.cards.repository import CardRepository
from tapline.devices import Standing
from tapline.errors import NotFoundError
from tapline.ids import new_id
from tapline.ledger import InsufficientError
from tapline.policy import Policy
from tapline.uow import UnitOfWork

_AT_ONCE = 500


class Question(NamedTuple):
    """May the card draw `want_fen`? `code` is what a customer's screen showed, if one did."""

    device_id: str
    req: str
    card_no: str
    want_fen: int
    code: str | None = None


class Use(NamedTuple):
    """A version of a fact names a hold. `charged_fen`: what the card is charged for it, 0 where
    this version does not charge it."""

    hold_id: str
    device_id: str
    seq: int
    card_no: str | None
    charged_fen: int


class Used(NamedTuple):
    """What the naming of holds does: by place in the list of uses, the key of the hold to capture;
    and the commands that release those that nothing captures."""

    captures: dict[int, str]
    releases: list[ledger.Command]


def ask(uow: UnitOfWork, *, tenant_id: str, questions: Sequence[Question]) -> list[Authorisation]:
    """Answer each question, in order; what was answered before is answered again."""
    asked = AuthorisationRepository(uow)
    answers = asked.answers([(one.device_id, one.req) for one in questions])
    for one in questions:
        if (one.device_id, one.req) not in answers:
            answer = _decided(uow, tenant_id, one)
            asked.add(answer)
            answers[one.device_id, one.req] = answer
    return [answers[one.device_id, one.req] for one in questions]


def _decided(uow: UnitOfWork, tenant_id: str, question: Question) -> Authorisation:
    rules, now = policy.current(uow, tenant_id=tenant_id), clock.now()
    try:
        # Locked: of two machines at once the second sees what the first was granted.
        card = CardRepository(uow).get(tenant_id, question.card_no, lock=True)
    except NotFoundError:
        return _for_issuer(uow, tenant_id, question, rules, now)
    why = _barred(uow, card, question)
    if why is not None:
        return _refused(tenant_id, question, now, why)
    granted = _granted(tenant_id, question, now, rules)
    for _ in range(2):
        available_fen = _available_fen(uow, tenant_id, card.card_no)
        granted.max_fen = granted_fen(
            question.want_fen,
            available_fen=available_fen,
            drawn_fen=_drawn_fen(uow, tenant_id, card.card_no, now),
            policy=rules,
        )
        if granted.max_fen == 0:
            break
        try:
            ledger.post(uow, tenant_id=tenant_id, commands=[_holding(granted)])
        except InsufficientError:
            # A pour came between the reading and the accounts' locks. They are ours now.
            continue
        return granted
    return _refused(tenant_id, question, now, stopped_by(available_fen=available_fen))


def _barred(uow: UnitOfWork, card: Card, question: Question) -> Refusal | None:
    listed = bool(blocklist.reasons(uow, tenant_id=card.tenant_id, card_no=card.card_no))
    why = barred(card.kind, card.state, listed=listed)
    if why is None and card.kind is CardKind.QR and not redeem(uow, card, question.code):
        return Refusal.CODE
    return why


def _for_issuer(
    uow: UnitOfWork, tenant_id: str, question: Question, rules: Policy, now: datetime
) -> Authorisation:
    """Not our card. Its issuer's, if we know whose: he pays by file, and nothing is held."""
    theirs = issuers.of_cards(uow, tenant_id=tenant_id, card_nos={question.card_no})
    if question.card_no not in theirs:
        return _refused(tenant_id, question, now, Refusal.UNKNOWN)
    granted = _granted(tenant_id, question, now, rules)
    granted.state, granted.hold_id, granted.held_until = AuthorisationState.UNHELD, None, None
    granted.max_fen = granted_fen(
        question.want_fen,
        available_fen=question.want_fen,
        drawn_fen=_drawn_fen(uow, tenant_id, question.card_no, now),
        policy=rules,
    )
    if granted.max_fen == 0:
        return _refused(tenant_id, question, now, Refusal.LIMIT)
    return granted


def _available_fen(uow: UnitOfWork, tenant_id: str, card_no: str) -> int:
    card = ledger.chart.card(card_no)
    codes = [card.principal.code, card.bonus.code]
    found = ledger.balances(uow, tenant_id=tenant_id, codes=codes)
    return sum(balance.available for balance in found.values())


def _drawn_fen(uow: UnitOfWork, tenant_id: str, card_no: str, now: datetime) -> int:
    midnight = datetime.combine(clock.business_date(now), time(), clock.BUSINESS_ZONE)
    return AuthorisationRepository(uow).drawn_fen(tenant_id, card_no, midnight)


def _refused(tenant_id: str, question: Question, now: datetime, why: Refusal) -> Authorisation:
    return Authorisation(
        device_id=question.device_id,
        req=question.req,
        tenant_id=tenant_id,
        card_no=question.card_no,
        want_fen=question.want_fen,
        asked_at=now,
        state=AuthorisationState.REFUSED,
        why=why.value,
        max_fen=0,
        used_fen=0,
    )


def _granted(tenant_id: str, question: Question, now: datetime, rules: Policy) -> Authorisation:
    """A grant whose amount is still to be found."""
    expires_at = now + timedelta(seconds=rules.authorise_s)
    return Authorisation(
        device_id=question.device_id,
        req=question.req,
        tenant_id=tenant_id,
        card_no=question.card_no,
        want_fen=question.want_fen,
        asked_at=now,
        state=AuthorisationState.HELD,
        hold_id=str(new_id()),
        max_fen=0,
        expires_at=expires_at,
        held_until=expires_at + timedelta(seconds=rules.offline_window_s),
        used_fen=0,
    )


def _holding(granted: Authorisation) -> ledger.Command:
    assert granted.hold_id is not None
    return ledger.Command(
        key=_key(granted.hold_id),
        kind="authorised",
        event_at=granted.asked_at,
        movement=ledger.Authorise(granted.card_no, granted.max_fen),
        content={"card": granted.card_no, "fen": granted.max_fen},
        source={"device": granted.device_id, "req": granted.req},
        expires_at=granted.held_until,
    )


def _key(hold_id: str) -> str:
    return f"auth:{hold_id}"


def settle(uow: UnitOfWork, *, tenant_id: str, uses: Sequence[Use]) -> Used:
    """End the holds that facts name, each once: the first use that charges the card captures it.

    A hold that is used by no charge, or by none of its own machine and card, is not captured; a
    pour whose hold has ended is an ordinary one.
    """
    used = Used({}, [])
    if not uses:
        return used
    named = AuthorisationRepository(uow).locked(tenant_id, {use.hold_id for use in uses})
    by_charge = sorted(enumerate(uses), key=lambda placed: placed[1].charged_fen == 0)
    for place, use in by_charge:
        held = named.get(use.hold_id)
        if held is None or not _belongs(held, use):
            continue
        held.state, held.ended_at, held.used_seq = AuthorisationState.USED, clock.now(), use.seq
        held.used_fen = min(use.charged_fen, held.max_fen)
        if use.charged_fen:
            used.captures[place] = _key(use.hold_id)
        else:
            used.releases.append(_releasing(held))
    return used


def _belongs(held: Authorisation, use: Use) -> bool:
    return held.state is AuthorisationState.HELD and (held.device_id, held.card_no) == (
        use.device_id,
        use.card_no,
    )


def _releasing(held: Authorisation) -> ledger.Command:
    assert held.hold_id is not None
    return ledger.Command(
        key=f"{_key(held.hold_id)}:void",
        kind="authorisation_void",
        event_at=clock.now(),
        movement=ledger.Void(_key(held.hold_id)),
        content={"card": held.card_no, "fen": held.max_fen},
        source={"device": held.device_id, "seq": held.used_seq},
    )


def end_overdue(uow: UnitOfWork, *, tenant_id: str) -> int:
    """Release what no pour was reported for in time; how many holds."""
    overdue = AuthorisationRepository(uow).overdue(tenant_id, clock.now(), _AT_ONCE)
    return _end(uow, tenant_id, overdue)


def release_unused(uow: UnitOfWork, *, tenant_id: str, standing: Mapping[str, Standing]) -> int:
    """Release what machines can pour no more; how many holds.

    Called for hellos: said after a hold's expiry, with no fact in the device that we have not
    released, it shows that nothing was poured.
    """
    shown = [name for name, one in standing.items() if one.owes_nothing]
    if not shown:
        return 0
    return _end(uow, tenant_id, AuthorisationRepository(uow).unused(shown, clock.now()))


def give_up(uow: UnitOfWork, *, tenant_id: str, card_no: str) -> None:
    """Release all that is held of a card, for one that is closed after everybody has waited long
    enough. A pour that is reported later is an ordinary one."""
    held = AuthorisationRepository(uow).held_on(tenant_id, card_no)
    _end(uow, tenant_id, held)


def _end(uow: UnitOfWork, tenant_id: str, ended: Iterable[Authorisation]) -> int:
    commands = []
    for held in ended:
        held.state, held.ended_at = AuthorisationState.ENDED, clock.now()
        commands.append(_releasing(held))
    ledger.post(uow, tenant_id=tenant_id, commands=commands)
    return len(commands)


def of_card(
    uow: UnitOfWork, *, tenant_id: str, card_no: str, limit: int = 20
) -> Sequence[Authorisation]:
    """What machines asked about a card, newest first."""
    return AuthorisationRepository(uow).of_card(tenant_id, card_no, limit)
