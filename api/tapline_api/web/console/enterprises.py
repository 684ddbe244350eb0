"""Enterprise accounts: money in, whose cards it pays for, what went where."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from tapline.cards import enterprises
from tapline.files.sheets import Cell
from tapline.ledger import StatementLine
from tapline_api import exports, labels
from tapline_api.deps import Transaction
from tapline_api.formats import formats_of
from tapline_api.localisation import catalog, locale_of
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.amounts import read_yuan
from tapline_api.web.console.doors import Treasurer
from tapline_api.words import N_

router = APIRouter(prefix="/enterprises")

Yuan = Annotated[str, Form(max_length=20)]
Name = Annotated[str, Form(min_length=1, max_length=100)]
_LINES_MAX = 5000


@router.get("")
def enterprises_page(request: Request, uow: Transaction, member: Treasurer) -> Response:
    """All of them with what they have, and opening one."""
    found = enterprises.listed(uow, tenant_id=member.tenant_id)
    ids = [one.enterprise_id for one in found]
    return render(
        request,
        "console/enterprises.html",
        member=member,
        enterprises=found,
        balances=enterprises.balances_fen(uow, tenant_id=member.tenant_id, enterprise_ids=ids),
    )


@router.post("")
def create(
    *,
    uow: Transaction,
    member: Treasurer,
    name: Name,
    legal_entity: Name,
    contact_name: Name,
    contact_phone: Annotated[str, Form(max_length=30)],
    low: Yuan = "",
) -> Response:
    """An account with nothing on it."""
    made = enterprises.create(
        uow,
        tenant_id=member.tenant_id,
        name=name,
        legal_entity=legal_entity,
        contact_name=contact_name,
        contact_phone=contact_phone,
        low_fen=read_yuan(low) if low.strip() else None,
        actor=member.actor,
    )
    return see_other(f"/console/enterprises/{made.enterprise_id}")


@router.get("/{enterprise_id}")
def enterprise_page(
    request: Request, uow: Transaction, member: Treasurer, enterprise_id: UUID
) -> Response:
    """Its account, its transfers, its members."""
    tenant_id = member.tenant_id
    found = enterprises.get(uow, tenant_id=tenant_id, enterprise_id=enterprise_id)
    balances = enterprises.balances_fen(uow, tenant_id=tenant_id, enterprise_ids=[enterprise_id])
    return render(
        request,
        "console/enterprise.html",
        member=member,
        enterprise=found,
        balance_fen=balances[enterprise_id],
        deposits=enterprises.deposits(uow, tenant_id=tenant_id, enterprise_id=enterprise_id),
        members=enterprises.members(uow, tenant_id=tenant_id, enterprise_id=enterprise_id),
        lines=enterprises.statement(uow, tenant_id=tenant_id, enterprise_id=enterprise_id),
    )


@router.get("/{enterprise_id}/statement.xlsx")
def statement(
    request: Request, uow: Transaction, member: Treasurer, enterprise_id: UUID
) -> Response:
    """The account as a workbook, oldest line first."""
    tenant_id = member.tenant_id
    found = enterprises.get(uow, tenant_id=tenant_id, enterprise_id=enterprise_id)
    lines = enterprises.statement(
        uow, tenant_id=tenant_id, enterprise_id=enterprise_id, limit=_LINES_MAX
    )
    name = f"enterprise-{found.enterprise_id}"
    return exports.excel(uow, member, name=name, rows=_rows(request, lines))


@router.post("/{enterprise_id}/deposits")
def deposit(
    *,
    uow: Transaction,
    member: Treasurer,
    enterprise_id: UUID,
    yuan: Yuan,
    bank_reference: Name,
    received_on: Annotated[date, Form()],
) -> Response:
    """A transfer is on the bank's statement."""
    enterprises.record_deposit(
        uow,
        tenant_id=member.tenant_id,
        enterprise_id=enterprise_id,
        amount_fen=read_yuan(yuan),
        bank_reference=bank_reference,
        received_on=received_on,
        actor=member.actor,
    )
    return see_other(f"/console/enterprises/{enterprise_id}")


@router.post("/deposits/{deposit_id}")
def decide_deposit(
    *,
    uow: Transaction,
    member: Treasurer,
    deposit_id: UUID,
    confirm: Annotated[bool, Form()],
    reason: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """The second person has looked at the bank's statement."""
    decided = enterprises.decide_deposit(
        uow,
        tenant_id=member.tenant_id,
        deposit_id=deposit_id,
        confirm=confirm,
        actor=member.actor,
        reason=reason,
    )
    return see_other(f"/console/enterprises/{decided.enterprise_id}")


@router.post("/{enterprise_id}/members")
def join(
    *,
    uow: Transaction,
    member: Treasurer,
    enterprise_id: UUID,
    card: Annotated[str, Form(max_length=32)],
    monthly: Yuan,
) -> Response:
    """It pays for one more card."""
    enterprises.join(
        uow,
        tenant_id=member.tenant_id,
        enterprise_id=enterprise_id,
        card_no=card.strip(),
        monthly_fen=read_yuan(monthly),
        actor=member.actor,
    )
    return see_other(f"/console/enterprises/{enterprise_id}")


@router.post("/{enterprise_id}/allot")
def allot(uow: Transaction, member: Treasurer, enterprise_id: UUID) -> Response:
    """Give the month's shares now, not at night."""
    enterprises.allot(uow, tenant_id=member.tenant_id, enterprise_id=enterprise_id)
    return see_other(f"/console/enterprises/{enterprise_id}")


@router.post("/members/{member_id}/share")
def change_share(uow: Transaction, member: Treasurer, member_id: UUID, monthly: Yuan) -> Response:
    """Another share a month."""
    changed = enterprises.change_share(
        uow,
        tenant_id=member.tenant_id,
        member_id=member_id,
        monthly_fen=read_yuan(monthly),
        actor=member.actor,
    )
    return see_other(f"/console/enterprises/{changed.enterprise_id}")


@router.post("/members/{member_id}/leave")
def leave(uow: Transaction, member: Treasurer, member_id: UUID) -> Response:
    """It pays for this card no longer."""
    left = enterprises.leave(
        uow, tenant_id=member.tenant_id, member_id=member_id, actor=member.actor
    )
    return see_other(f"/console/enterprises/{left.enterprise_id}")


def _rows(request: Request, lines: Sequence[StatementLine]) -> list[tuple[Cell, ...]]:
    """Headings and lines as the reader's language has them; amounts in fen."""
    gettext, formats = catalog(locale_of(request)).gettext, formats_of(request)
    head = (N_("When"), N_("What"), N_("Change in fen"), N_("Balance in fen"), N_("Journal"))
    rows: list[tuple[Cell, ...]] = [tuple(gettext(word) for word in head)]
    for line in reversed(lines):
        change_fen = line.amount if line.side == "C" else -line.amount
        told = gettext(labels.of(line.kind))
        rows.append((formats.exact(line.event_at), told, change_fen, line.balance_after, line.key))
    return rows
