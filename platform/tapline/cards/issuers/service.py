from collections.abc import Collection, Iterable, Sequence

from tapline import audit, clock
from tapline.cards.issuers import rules
from tapline.cards.issuers.model import Issuer, IssuerNumbers
from tapline.cards.issuers.repository import IssuerRepository
from tapline.cards.issuers.rules import Run
from tapline.errors import ConflictError, InvalidError
from tapline.events import CardsClaimed, NumbersClaimed
from tapline.uow import UnitOfWork

_AT_A_TIME = 200


def create(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    issuer_id: str,
    name: str,
    legal_entity: str,
    contact: str,
    settlement_day: int,
    commission_permille: int,
    actor: str,
    operator: bool = False,
) -> Issuer:
    """Make an issuer known; its numbers come after. `operator` says that it is another operator of
    water machines: its id then begins with `op-`, and what it owes is an account between operators.

    Raises:
        InvalidError: the id, a name, the day or the commission cannot be.
        ConflictError: the id is taken, or another operator is the same legal entity: what it
            claims is found by that.
    """
    if not 1 <= settlement_day <= 28:
        raise InvalidError(
            f"the settlement day is 1 to 28, which every month has: {settlement_day}"
        )
    if not 0 <= commission_permille <= 1000:
        raise InvalidError(f"the commission is 0 to 1000 per mille, not {commission_permille}")
    if operator and commission_permille:
        raise InvalidError(
            "another operator keeps no commission: what each claims is owed whole, so that both "
            "books agree"
        )
    if not name.strip() or not legal_entity.strip():
        raise InvalidError("give the issuer's name and the legal entity that owes us")
    issuers = IssuerRepository(uow, tenant_id)
    issuer_id = rules.issuer_id(issuer_id, operator=operator)
    if issuers.exists(issuer_id):
        raise ConflictError(f"issuer {issuer_id} exists")
    if operator:
        _check_entity(issuers, legal_entity.strip())
    issuer = Issuer(
        tenant_id=tenant_id,
        issuer_id=issuer_id,
        name=name.strip(),
        legal_entity=legal_entity.strip(),
        contact=contact.strip(),
        settlement_day=settlement_day,
        commission_permille=commission_permille,
        created_at=clock.now(),
    )
    issuers.add(issuer)
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="issuer.create",
        subject=f"issuer:{issuer_id}",
    )
    return issuer


def _check_entity(issuers: IssuerRepository, legal_entity: str) -> None:
    issuers.be_alone()
    for one in issuers.listed():
        if one.is_operator and one.legal_entity == legal_entity:
            raise ConflictError(f"{legal_entity} is an operator here already: {one.issuer_id}")


def get(uow: UnitOfWork, *, tenant_id: str, issuer_id: str, lock: bool = False) -> Issuer:
    """One issuer; `NotFoundError` where the tenant has none such."""
    return IssuerRepository(uow, tenant_id).get(issuer_id, lock=lock)


def listed(uow: UnitOfWork, *, tenant_id: str) -> Sequence[Issuer]:
    """The tenant's issuers by id."""
    return IssuerRepository(uow, tenant_id).listed()


def of_cards(uow: UnitOfWork, *, tenant_id: str, card_nos: Collection[str]) -> dict[str, str]:
    """Whose cards these are: number -> issuer, without those that no issuer has."""
    if not card_nos:
        return {}
    return IssuerRepository(uow, tenant_id).of_cards(card_nos)


def numbers_of(
    uow: UnitOfWork, *, tenant_id: str, issuer_id: str, limit: int = 200
) -> Sequence[IssuerNumbers]:
    """The first `limit` runs of an issuer's numbers."""
    return IssuerRepository(uow, tenant_id).numbers(issuer_id, limit)


def add_numbers(
    uow: UnitOfWork, *, tenant_id: str, issuer_id: str, lines: Iterable[str], actor: str
) -> int:
    """Give an issuer the numbers that `lines` name; how many runs they were.

    What these cards drank before rests in suspense, and is now due from the issuer.

    Raises:
        InvalidError: a line names no numbers.
        NotFoundError: no such issuer.
        ConflictError: a number is an issuer's already, or a card of ours.
    """
    runs = rules.runs(lines)
    issuers = IssuerRepository(uow, tenant_id)
    issuers.be_alone()
    issuers.get(issuer_id)
    if (taken := issuers.overlapping(runs)) is not None:
        run, owner = taken
        raise ConflictError(f"{run.first_no} to {run.last_no}: numbers there are {owner}'s already")
    if (ours := issuers.card_of_ours(runs)) is not None:
        raise ConflictError(f"card {ours} is our own: name the issuer's numbers without it")
    issuers.add_runs(issuer_id, runs, added_by=actor, added_at=clock.now())
    _tell(uow, tenant_id, runs)
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="issuer.numbers",
        subject=f"issuer:{issuer_id}",
        reason=_described(runs),
    )
    return len(runs)


def remove_numbers(
    uow: UnitOfWork, *, tenant_id: str, issuer_id: str, first_no: str, actor: str, reason: str
) -> None:
    """Take a run back that was never the issuer's.

    What its cards drank rests in suspense again; what was claimed of it goes back with the next
    settlement.

    Raises:
        NotFoundError: the issuer has no run that begins there.
        InvalidError: no reason.
    """
    if not reason.strip():
        raise InvalidError("say why these numbers are taken back")
    issuers = IssuerRepository(uow, tenant_id)
    issuers.be_alone()
    found = issuers.run(issuer_id, first_no)
    run = Run(found.first_no, found.last_no)
    issuers.remove(found)
    _tell(uow, tenant_id, [run])
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="issuer.numbers_back",
        subject=f"issuer:{issuer_id}",
        reason=f"{_described([run])}: {reason.strip()}",
    )


def claim_cards(uow: UnitOfWork, *, tenant_id: str, runs: Iterable[Iterable[str]]) -> None:
    """Have what was drawn with cards of these (first, last) numbers judged again."""
    cards = IssuerRepository(uow, tenant_id).seen([Run(*run) for run in runs])
    for start in range(0, len(cards), _AT_A_TIME):
        chunk = tuple(cards[start : start + _AT_A_TIME])
        uow.emit(CardsClaimed(tenant_id=tenant_id, cards=chunk))


def _tell(uow: UnitOfWork, tenant_id: str, runs: Sequence[Run]) -> None:
    for start in range(0, len(runs), _AT_A_TIME):
        uow.emit(NumbersClaimed(tenant_id=tenant_id, runs=tuple(runs[start : start + _AT_A_TIME])))


def _described(runs: Sequence[Run]) -> str:
    first = runs[0]
    more = f" and {len(runs) - 1} more" if len(runs) > 1 else ""
    return f"{first.first_no} to {first.last_no}{more}"
