"""What goes to other operators: make our key, hand a statement out, check one, claim water."""

from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from tapline_ops.commands.options import DATA_DIR, AsJson, DataDir, TenantId, folder, show

app = typer.Typer(help="Statements shared with other operators.", no_args_is_help=True)

Actor = Annotated[str, typer.Option(help="Who does it, for the audit trail.")]


@app.command()
def key(tenant: TenantId, actor: Actor, data_dir: DataDir = DATA_DIR) -> None:
    """Print the public key that others register; it is made on first use."""
    from tapline import sharing
    from tapline.devices import Vault
    from tapline_ops import access, enrolment

    data = folder(data_dir)
    with access.transaction(data, existing=True) as uow:
        own = sharing.keys.own(uow, tenant_id=tenant) or sharing.keys.make(
            uow, tenant_id=tenant, vault=Vault.at(enrolment.identity_key_file(data)), actor=actor
        )
        public_key = own.public_key
    typer.echo(public_key)


@app.command()
def export(
    consent: Annotated[UUID, typer.Argument(help="The number of the customer's consent.")],
    tenant: TenantId,
    actor: Actor,
    out: Annotated[Path, typer.Option(help="The file to write.")],
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Write the file for the receiver whom a consent names; its customer sees that it was made."""
    from tapline import sharing
    from tapline.devices import Vault
    from tapline_ops import access, enrolment

    data = folder(data_dir)
    with access.transaction(data, existing=True) as uow:
        document = sharing.exports.export(
            uow,
            tenant_id=tenant,
            consent_id=consent,
            vault=Vault.at(enrolment.identity_key_file(data)),
            actor=actor,
        )
    out.write_text(document, encoding="utf-8")
    typer.echo(f"written to {out}")


@app.command()
def check(
    file: Annotated[Path, typer.Argument(exists=True, help="What another operator gave.")],
    key: Annotated[str, typer.Option(help="The operator's public key, in hexadecimal.")],
    head: Annotated[
        str | None, typer.Option(help="A head that it showed, if you kept one.")
    ] = None,
    statement: Annotated[
        Path | None, typer.Option(exists=True, help="The customer's own copy, laid beside.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a file without any database: signature, seals, balances; exit 1 where it differs."""
    import json

    from tapline import ledger
    from tapline.sharing import documents

    content = documents.opened(file.read_text("utf-8"), key)
    kept = head or content.head.hash
    differences = ledger.check(content.extract, kept)
    if statement is not None and not differences:
        own = json.loads(statement.read_text("utf-8"))
        differences = ledger.check(own, kept) or ledger.unlike(content.extract, own)
    for difference in differences:
        typer.echo(f"differs: {difference}")
    if differences:
        raise typer.Exit(1)
    told = {
        "sender": content.sender.legal_entity,
        "receiver": content.receiver.legal_entity,
        "made": content.made_at.isoformat(),
        "consent": str(content.agreed.consent),
        "until": content.agreed.ends_on.isoformat(),
        "journals": len(content.extract["journals"]),
        "head": content.head.hash,
    }
    show(told, as_json=as_json)


@app.command()
def claim(
    *,
    operator: Annotated[str, typer.Argument(help="The operator's id, such as op-linjiang.")],
    tenant: TenantId,
    actor: Actor,
    out: Annotated[Path, typer.Option(help="The file to write.")],
    through: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The last day claimed; yesterday if left out."),
    ] = None,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Write the signed claim for another operator's cards at our machines; the same day again is
    the same file."""
    from tapline.cards.issuers import settlements
    from tapline.devices import Vault
    from tapline.sharing import demands
    from tapline_ops import access, enrolment

    data = folder(data_dir)
    with access.transaction(data, existing=True) as uow:
        made = demands.demand(
            uow,
            tenant_id=tenant,
            issuer_id=operator,
            period_to=through.date() if through else settlements.yesterday(),
            vault=Vault.at(enrolment.identity_key_file(data)),
            actor=actor,
        )
        document = made.document
        told = f"{made.pours} pours, {made.corrections} corrections, {made.total_fen} fen"
    out.write_text(document, encoding="utf-8")
    typer.echo(f"written to {out}: {told}")
