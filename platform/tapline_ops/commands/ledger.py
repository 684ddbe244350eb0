"""The ledger: check it, sum it up, close its days, prove what a card's statement says."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from tapline_ops.commands.options import DATA_DIR, AsJson, DataDir, TenantId, folder

app = typer.Typer(help="The ledger.", no_args_is_help=True)


@app.command()
def verify(
    tenant: Annotated[str | None, typer.Option(help="One operator; else all.")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Recompute every balance and the hash chain; exit 1 and name the first that differs."""
    from tapline import ledger
    from tapline_ops import access

    with access.transaction(folder(data_dir), existing=True) as uow:
        outcome = ledger.verify(uow, tenant_id=tenant)
    if as_json:
        found = {"ok": outcome.ok, "first_journal_id": outcome.first_journal_id}
        typer.echo(json.dumps({**found, **asdict(outcome)}, ensure_ascii=False, default=str))
    else:
        typer.echo(f"{outcome.journals} journals read, {outcome.sealed} of them sealed")
        for difference in outcome.differences:
            typer.echo(f"differs: {difference}")
    if not outcome.ok:
        raise typer.Exit(1)


@app.command()
def trial(tenant: TenantId, as_json: AsJson = False, data_dir: DataDir = DATA_DIR) -> None:
    """Print the trial balance: every account, its debits and credits."""
    from tapline import ledger
    from tapline_ops import access

    with access.transaction(folder(data_dir), existing=True) as uow:
        rows = [row._asdict() for row in ledger.trial(uow, tenant_id=tenant)]
    for row in rows:
        text = json.dumps(row, default=str) if as_json else "\t".join(map(str, row.values()))
        typer.echo(text)


@app.command()
def close(
    tenant: TenantId,
    day: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The business day.")],
    actor: Annotated[str, typer.Option(help="Who closes it, for the audit trail.")],
    because: Annotated[
        list[str], typer.Option(help="ACCOUNT SUBJECT REASON of a break, in three words or more.")
    ] = [],  # noqa: B006 (typer wants a list)
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Close a past business day; exit 1 and list the breaks that need a reason first."""
    from tapline import ledger
    from tapline_ops import access

    reasons = {(code, subject): reason for code, subject, reason in map(_told, because)}
    with access.transaction(folder(data_dir), existing=True) as uow:
        try:
            with uow.attempt():
                closed = ledger.close_day(
                    uow, tenant_id=tenant, day=day.date(), actor=actor, reasons=reasons
                )
        except ledger.UnexplainedError as error:
            typer.echo(str(error))
            for one in ledger.breaks(uow, tenant_id=tenant, day=day.date()):
                typer.echo(f"{one.code}\t{one.subject}\t{one.amount}\t{one.since}\t{one.reason}")
            raise typer.Exit(1) from None
    typer.echo(
        f"{closed.biz_date} closed with {closed.journals} journals at seal {closed.seal_seq}"
    )


@app.command()
def prove(
    card_no: Annotated[str, typer.Argument(help="The card's number.")],
    tenant: TenantId,
    out: Annotated[Path, typer.Option(help="The file to write.")],
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Write a card's statement with the proof that it is whole; print the head that it needs."""
    from tapline import ledger
    from tapline_ops import access

    with access.transaction(folder(data_dir), existing=True) as uow:
        head = next(iter(ledger.heads(uow, tenant_id=tenant, limit=1)), None)
        proof = ledger.prove(uow, tenant_id=tenant, card_no=card_no, head=head)
    out.write_text(json.dumps(proof, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    kept = head.hash.hex() if head else ""
    typer.echo(f"{len(proof['journals'])} journals; check with --head {kept}")


@app.command()
def check(
    statement: Annotated[Path, typer.Argument(exists=True, help="A file that `prove` wrote.")],
    head: Annotated[str, typer.Option(help="The head that its reader kept, in hexadecimal.")],
) -> None:
    """Check a card's statement against a head. It needs no database; exit 1 where they differ."""
    from tapline import ledger
    from tapline.ledger.proofs.checker import journals

    try:
        document = json.loads(statement.read_text("utf-8"))
    except ValueError as error:
        raise typer.BadParameter(f"{statement} holds no JSON: {error}") from None
    if differences := ledger.check(document, head):
        for difference in differences:
            typer.echo(f"differs: {difference}")
        raise typer.Exit(1)
    for journal in journals(document):
        moment = datetime.fromtimestamp(journal.event_us / 1e6, UTC)
        for entry in journal.entries:
            held = " held" if entry.pending else ""
            typer.echo(
                f"{moment:%Y-%m-%d %H:%M:%S}Z\t{journal.kind}\t{entry.code}\t{entry.side}"
                f"\t{entry.amount}{held}\t{entry.balance}"
            )
    typer.echo("everything is as it was sealed")


def _told(words: str) -> list[str]:
    told = words.split(maxsplit=2)
    if len(told) < 3:
        raise typer.BadParameter(f"{words!r}: give account, subject and reason")
    return told
