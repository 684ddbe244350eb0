"""Reconciliation by hand: look again at what waits for the clock, or tell the story of a card."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from tapline_ops.commands.options import DATA_DIR, AsJson, DataDir, TenantId, folder, show

if TYPE_CHECKING:
    from tapline.reconciliation.explanation import Explanation, Posting, Step


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(reconcile)


def reconcile(
    tenant: TenantId,
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A business day; else all.")
    ] = None,
    explain: Annotated[
        str | None, typer.Option(metavar="CARD", help="Tell what a card did, and why it holds it.")
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Judge again every card whose time has come, and count what stands by rule; or, with
    --explain, print the chain of one card."""
    from tapline import reconciliation
    from tapline.reconciliation import explanation
    from tapline_ops import access

    on = day.date() if day else None
    with access.transaction(folder(data_dir), existing=True) as uow:
        if explain is not None:
            told = explanation.explain(uow, tenant_id=tenant, card_no=explain, day=on)
            typer.echo("\n".join(_story(told)))
            return
        judged = 0
        while count := reconciliation.sweep_cards(uow, tenant_id=tenant):
            judged += count
        counts = reconciliation.counts(uow, tenant_id=tenant, day=on)
    show({"cards judged again": judged, **counts}, as_json=as_json)


def _story(told: "Explanation") -> Iterator[str]:
    from tapline.reconciliation.sentences import plain

    card, money = told.card, told.money
    yield (
        f"card {card.card_no}  {card.kind.value}  {card.state.value}  "
        f"opened with {_yuan(card.opened_fen)}"
    )
    yield (
        f"ledger {_yuan(money.balance_fen)} = own {_yuan(money.principal_fen)} + bonus "
        f"{_yuan(money.bonus_fen)} + to be written {_yuan(money.pending_load_fen)} - owed "
        f"{_yuan(money.receivable_fen)}"
    )
    for finding in told.of_card:
        yield f"  {finding.code} {plain(finding, 'en')}"
    yield ""
    yield "What the card did, by its own counter:"
    for step in told.steps:
        yield from _step(told, step)
    yield ""
    yield "What the ledger posted:"
    for posting in told.postings:
        yield _posting(posting)


def _step(told: "Explanation", step: "Step") -> Iterator[str]:
    from tapline.reconciliation.sentences import plain

    version = step.version
    around = told.at(version.atc)
    if step.leap is not None:
        before, after = _yuan(step.leap.before.left_fen), _yuan(step.leap.after.met_fen)
        what = f"{step.leap.missing} unknown" if step.leap.missing else "no operation"
        yield f"  --- {what} between: {before} -> {after}"
    for finding in around:
        yield f"  {finding.code} {plain(finding, 'en')}"
    counter = "-" if version.atc is None else version.atc
    at = (version.moment or version.received_at).isoformat(timespec="seconds")
    yield (
        f"  #{counter:<5} {at}  {version.key.device_id}:{version.key.seq}  {version.op} "
        f"{step.verdict.value if step.verdict else version.status}  "
        f"{_yuan(version.bal_before_fen)} -> {_yuan(version.bal_after_fen)}  "
        f"{_yuan(version.amt_fen)} yuan  {version.ml} ml  {_borne(told, step)}"
    )
    for finding in told.of_fact(version.key):
        yield f"         {finding.code} {plain(finding, 'en')} ({finding.resolution.value})"


def _borne(told: "Explanation", step: "Step") -> str:
    bearing = told.bearings[step.version.key]
    why = f" ({bearing.reason})" if bearing.reason else ""
    key = f"dev:{step.version.key.device_id}:{step.version.key.seq}"
    return f"{bearing.payer.value} pays {_yuan(bearing.amount_fen)}{why}  {key}"


def _posting(posting: "Posting") -> str:
    lines = ", ".join(
        f"{line.code.rpartition(':')[2]} {line.side}{' held' if line.pending else ''} "
        f"{_yuan(line.amount)} -> {_yuan(line.balance_after)}"
        for line in posting.lines
    )
    return (
        f"  {posting.at.isoformat(timespec='seconds')}  {posting.kind:<20} {posting.key}  {lines}"
    )


def _yuan(fen: int | None) -> str:
    from tapline.reconciliation.sentences import yuan

    return "?" if fen is None else yuan(fen)
