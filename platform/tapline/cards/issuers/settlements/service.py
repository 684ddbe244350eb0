from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tapline import audit, clock, devices, ledger, sites
from tapline.cards.facts.model import Fact
from tapline.cards.issuers.breaks.model import IssuerBreak
from tapline.cards.issuers.breaks.repository import BreakRepository
from tapline.cards.issuers.model import Issuer
from tapline.cards.issuers.repository import IssuerRepository
from tapline.cards.issuers.settlements import rules
from tapline.cards.issuers.settlements.documents import sha256_of
from tapline.cards.issuers.settlements.model import LineKind, Settlement, SettlementLine
from tapline.cards.issuers.settlements.repository import SettlementRepository
from tapline.cards.issuers.settlements.restoring import restore
from tapline.cards.issuers.settlements.rules import Choice, Claimable, FactName
from tapline.errors import ConflictError, InvalidError
from tapline.ids import new_id
from tapline.ledger import StatementLine, chart
from tapline.uow import UnitOfWork

_PAGE = 2000


def issue(
    uow: UnitOfWork, *, tenant_id: str, issuer_id: str, period_to: date, actor: str
) -> Settlement:
    """Claim everything of business days up to `period_to` that no settlement claims yet.

    Pours that came late stand with the date of their own. Asked for again for the same day it is
    a correcting settlement: of what has changed or come in since.

    Raises:
        NotFoundError: no such issuer.
        InvalidError: the day is not over, or lies before what is settled already.
        ConflictError: there is nothing to claim.
    """
    issuer = IssuerRepository(uow, tenant_id).get(issuer_id, lock=True)
    settlements = SettlementRepository(uow, tenant_id)
    latest = settlements.latest(issuer_id)
    _check_period(period_to, latest)
    choice = _choice(uow, issuer, latest, period_to)
    if restore(uow, issuer, choice.chosen):
        choice = _choice(uow, issuer, latest, period_to)
    breaks = BreakRepository(uow, tenant_id).to_claim_again(issuer_id)
    if not choice.chosen and not breaks:
        raise ConflictError(f"up to {period_to} there is nothing that {issuer_id} is not asked for")
    settlement = _blank(issuer, latest, period_to, actor)
    lines = _lines(uow, settlement, choice.chosen)
    lines += _claimed_again(uow, settlement, breaks, after=len(lines))
    _sum_up(settlement, issuer, lines, choice)
    settlements.add(settlement, lines)
    for broken in breaks:
        broken.claimed_again_in = settlement.settlement_id
    _post_commission(uow, settlement)
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="issuer.settle",
        subject=f"issuer:{issuer_id}",
        reason=f"{settlement.number}: {settlement.period_from} to {period_to}",
    )
    return settlement


def issue_due(uow: UnitOfWork, *, tenant_id: str) -> None:
    """Settle the month before with every issuer whose settlement day has come."""
    today = clock.business_date(clock.now())
    month_end = rules.last_month_end(today)
    for issuer in IssuerRepository(uow, tenant_id).listed():
        latest = SettlementRepository(uow, tenant_id).latest(issuer.issuer_id)
        is_done = latest is not None and latest.period_to >= month_end
        if today.day < issuer.settlement_day or is_done:
            continue
        if _choice(uow, issuer, latest, month_end).chosen:
            issue(
                uow,
                tenant_id=tenant_id,
                issuer_id=issuer.issuer_id,
                period_to=month_end,
                actor=audit.SYSTEM,
            )


def get(uow: UnitOfWork, *, tenant_id: str, settlement_id: UUID) -> Settlement:
    """One settlement; `NotFoundError` where the tenant has none such."""
    return SettlementRepository(uow, tenant_id).get(settlement_id)


def listed(uow: UnitOfWork, *, tenant_id: str, issuer_id: str) -> Sequence[Settlement]:
    """An issuer's settlements, oldest first."""
    return SettlementRepository(uow, tenant_id).listed(issuer_id)


def lines_of(uow: UnitOfWork, *, tenant_id: str, settlement_id: UUID) -> Sequence[SettlementLine]:
    """The lines of a settlement as they were issued.

    Raises:
        NotFoundError: the tenant has no such settlement.
        ConflictError: they are not what was issued.
    """
    settlements = SettlementRepository(uow, tenant_id)
    settlement = settlements.get(settlement_id)
    lines = settlements.lines(settlement_id)
    if sha256_of(lines) != settlement.sha256:
        raise ConflictError(
            f"settlement {settlement.number} is not what was issued: restore it from a backup"
        )
    return lines


def line_of(uow: UnitOfWork, *, tenant_id: str, broken: IssuerBreak) -> SettlementLine:
    """The line of ours that a break is about; `NotFoundError` where it is about none."""
    line = 0 if broken.line is None else broken.line
    return SettlementRepository(uow, tenant_id).line(broken.settlement_id, line)


def of_card(
    uow: UnitOfWork, *, tenant_id: str, card_no: str, limit: int = 100
) -> Sequence[SettlementLine]:
    """What was claimed for a card, newest first."""
    return SettlementRepository(uow, tenant_id).lines_of_card(card_no, limit)


def history(uow: UnitOfWork, *, settlement: Settlement) -> list[tuple[int, SettlementLine]]:
    """All that was claimed, up to a settlement, of the facts that it has lines of: each line with
    the number of its settlement, in order."""
    settlements = SettlementRepository(uow, settlement.tenant_id)
    lines = settlements.lines(settlement.settlement_id)
    names = {FactName(line.device_id, line.seq) for line in lines}
    return settlements.history(settlement.issuer_id, names, settlement.number)


def records(
    uow: UnitOfWork, *, tenant_id: str, lines: Sequence[SettlementLine]
) -> dict[FactName, Fact]:
    """What machines sent, for lines of different facts: each line's evidence."""
    return SettlementRepository(uow, tenant_id).records(lines)


def yesterday() -> date:
    """The last business day that is over."""
    return clock.business_date(clock.now()) - timedelta(days=1)


def unclaimed(uow: UnitOfWork, *, tenant_id: str, issuer_id: str) -> int:
    """What was drawn and corrected that no settlement claims yet, in fen."""
    issuer = IssuerRepository(uow, tenant_id).get(issuer_id)
    latest = SettlementRepository(uow, tenant_id).latest(issuer_id)
    return rules.total(_choice(uow, issuer, latest, date.max).chosen)


def due_now(uow: UnitOfWork, *, tenant_id: str, issuer_id: str) -> int:
    """What the books say an issuer owes, in fen; negative when he paid too much."""
    code = chart.issuer_due(issuer_id).code
    found = ledger.balances(uow, tenant_id=tenant_id, codes=[code])
    return found[code].posted if code in found else 0


def _check_period(period_to: date, latest: Settlement | None) -> None:
    if period_to >= clock.business_date(clock.now()):
        raise InvalidError(f"{period_to} is not over: settle up to yesterday at most")
    if latest is not None and period_to < latest.period_to:
        raise InvalidError(
            f"{latest.period_to} is settled already: settle that day again for what came late"
        )


def _choice(uow: UnitOfWork, issuer: Issuer, latest: Settlement | None, period_to: date) -> Choice:
    through = 0 if latest is None else latest.read_through
    entries = _entries_beyond(uow, issuer, through)
    keys = {entry.key for entry in entries}
    claimed = SettlementRepository(uow, issuer.tenant_id).claimed_in(issuer.issuer_id, keys)
    return rules.choose(entries, claimed=claimed, period_to=period_to, read_through=through)


def _entries_beyond(uow: UnitOfWork, issuer: Issuer, version: int) -> list[StatementLine]:
    """The entries of the issuer's account after `version`, newest first."""
    code = chart.issuer_due(issuer.issuer_id).code
    entries: list[StatementLine] = []
    before: int | None = None
    while page := ledger.statement(
        uow, tenant_id=issuer.tenant_id, code=code, limit=_PAGE, before=before
    ):
        entries += [entry for entry in page if entry.version > version]
        before = page[-1].version
        if before <= version + 1:
            break
    return entries


def _blank(issuer: Issuer, latest: Settlement | None, period_to: date, actor: str) -> Settlement:
    previous_to = None if latest is None else latest.period_to
    first = clock.business_date(issuer.created_at)
    return Settlement(
        settlement_id=new_id(),
        tenant_id=issuer.tenant_id,
        issuer_id=issuer.issuer_id,
        number=1 if latest is None else latest.number + 1,
        period_from=rules.period_from(previous_to, period_to, first),
        period_to=period_to,
        issued_at=clock.now(),
        issued_by=actor,
    )


def _lines(
    uow: UnitOfWork, settlement: Settlement, chosen: Sequence[Claimable]
) -> list[dict[str, Any]]:
    tenant_id = settlement.tenant_id
    machines = {one.device_id: one for one in devices.listed(uow, tenant_id=tenant_id)}
    places = {one.site_id: one.name for one in sites.listed(uow, tenant_id=tenant_id)}
    evidence = SettlementRepository(uow, tenant_id).evidence({one.fact for one in chosen})
    rows = []
    for number, one in enumerate(sorted(chosen, key=lambda one: (one.day, one.key)), start=1):
        machine = machines[one.fact.device_id]
        card_no, content_hash = evidence[one.fact]
        rows.append(
            {
                "key": one.key,
                "kind": one.kind,
                "device_id": one.fact.device_id,
                "seq": one.fact.seq,
                "card_no": card_no,
                "event_at": min(one.entry.event_at, one.entry.recorded_at),
                "site": places[machine.site_id] if machine.site_id else "",
                "spot": machine.spot,
                "amount_fen": one.amount_fen,
                "evidence": content_hash,
            }
            | _place(settlement, number)
        )
    return rows


def _claimed_again(
    uow: UnitOfWork, settlement: Settlement, breaks: Sequence[IssuerBreak], *, after: int
) -> list[dict[str, Any]]:
    settlements = SettlementRepository(uow, settlement.tenant_id)
    rows = []
    for number, broken in enumerate(breaks, start=after + 1):
        assert broken.line is not None
        line = settlements.line(broken.settlement_id, broken.line)
        again = {"kind": LineKind.AGAIN, "amount_fen": broken.stake_fen}
        rows.append(line.values() | again | _place(settlement, number))
    return rows


def _place(settlement: Settlement, number: int) -> dict[str, Any]:
    return {
        "settlement_id": settlement.settlement_id,
        "line": number,
        "tenant_id": settlement.tenant_id,
        "issuer_id": settlement.issuer_id,
    }


def _sum_up(
    settlement: Settlement, issuer: Issuer, rows: Sequence[dict[str, Any]], choice: Choice
) -> None:
    settlement.lines = len(rows)
    settlement.total_fen = rules.total(choice.chosen)
    settlement.again_fen = sum(row["amount_fen"] for row in rows) - settlement.total_fen
    settlement.commission_fen = rules.commission_fen(
        settlement.total_fen, issuer.commission_permille
    )
    settlement.sha256 = sha256_of([SettlementLine(**row) for row in rows])
    settlement.read_through = choice.read_through


def _post_commission(uow: UnitOfWork, settlement: Settlement) -> None:
    fen, due = settlement.commission_fen, chart.issuer_due(settlement.issuer_id)
    if fen == 0:
        return
    sides = (chart.ISSUER_FEE, due) if fen > 0 else (due, chart.ISSUER_FEE)
    command = ledger.Command(
        key=f"issuer_fee:{settlement.settlement_id}",
        kind="issuer_fee",
        event_at=settlement.issued_at,
        movement=ledger.Transfer(*sides, abs(fen)),
        content={"settlement": str(settlement.settlement_id), "fen": fen},
        source={"subject": f"settlement:{settlement.settlement_id}"},
    )
    ledger.post(uow, tenant_id=settlement.tenant_id, commands=[command])
