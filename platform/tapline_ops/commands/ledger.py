"""The ledger: check it, sum it up."""

import json
from dataclasses import asdict
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
