"""Dispensers: register one, list them, keep their keys, take in what makers ship."""

import json
from pathlib import Path
from typing import Annotated

import typer

from tapline_ops.commands.options import DATA_DIR, AsJson, DataDir, TenantId, folder, show

app = typer.Typer(help="Dispensers.", no_args_is_help=True)

DeviceId = Annotated[str, typer.Argument(help="1-32 letters, digits, - and _.")]
Actor = Annotated[str, typer.Option(help="Who does it, for the audit trail.")]
Reason = Annotated[str, typer.Option(help="Why, for the audit trail.")]
Maker = Annotated[str, typer.Option(help="Who made them.")]


@app.command()
def create(
    device_id: DeviceId,
    tenant: TenantId,
    as_json: AsJson = False,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Register a dispenser and print its key and MQTT login, this once."""
    import msgspec

    from tapline_ops import access
    from tapline_ops.enrolment import enrol

    data = folder(data_dir)
    with access.database(data) as database:
        enrolled = enrol(database, data, tenant_id=tenant, device_id=device_id)
    show(msgspec.to_builtins(enrolled), as_json=as_json)


@app.command("list")
def list_(tenant: TenantId, as_json: AsJson = False, data_dir: DataDir = DATA_DIR) -> None:
    """List an operator's dispensers: id, presence, place; with --json one object a line."""
    from tapline import devices
    from tapline_ops import access

    with access.transaction(folder(data_dir), existing=True) as uow:
        rows = [
            {"device_id": row.device_id, "presence": row.presence.value, "spot": row.spot}
            for row in devices.listed(uow, tenant_id=tenant)
        ]
    for row in rows:
        text = json.dumps(row, ensure_ascii=False) if as_json else "\t".join(row.values())
        typer.echo(text)


@app.command()
def rotate(
    device_id: DeviceId,
    tenant: TenantId,
    actor: Actor,
    reason: Reason,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Send a dispenser its next key; the one before ends when it uses that."""
    from tapline.devices import Vault, credentials
    from tapline_ops import access, enrolment

    data = folder(data_dir)
    with access.transaction(data, existing=True) as uow:
        vault = Vault.at(enrolment.key_file(data))
        command_id = credentials.rotate(
            uow, vault=vault, tenant_id=tenant, device_id=device_id, actor=actor, reason=reason
        )
    typer.echo(f"command {command_id} carries the key; see the machine's page for its answer")


@app.command()
def revoke(
    device_id: DeviceId,
    tenant: TenantId,
    actor: Actor,
    reason: Reason,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Let a dispenser in no more, cut it off, and believe nothing that it signs."""
    from tapline.devices import Vault, credentials
    from tapline_ops import access, enrolment

    data = folder(data_dir)
    with access.database(data, existing=True) as database:
        with database.transaction() as uow:
            credentials.revoke(
                uow, tenant_id=tenant, device_id=device_id, actor=actor, reason=reason
            )
        vault = Vault.at(enrolment.key_file(data))
        enrolment.admit_all(database, data.mqtt, vault)
    typer.echo(f"{device_id} is revoked: `tapline device reissue` gives it another key")


@app.command()
def reissue(
    device_id: DeviceId,
    *,
    tenant: TenantId,
    actor: Actor,
    reason: Reason,
    as_json: AsJson = False,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Give a dispenser another key and login by hand, printed this once; what it had ends now."""
    import msgspec

    from tapline_ops import access
    from tapline_ops.enrolment import reissue

    data = folder(data_dir)
    with access.database(data, existing=True) as database:
        made = reissue(
            database, data, tenant_id=tenant, device_id=device_id, actor=actor, reason=reason
        )
    show(msgspec.to_builtins(made), as_json=as_json)


@app.command()
def certificate(
    device_id: DeviceId,
    *,
    tenant: TenantId,
    csr: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="PKCS #10, PEM or DER.")],
    actor: Actor,
    days: Annotated[int, typer.Option(help="So long it holds.")] = 90,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Issue a dispenser a certificate for its own key, and print it with its issuer's."""
    from tapline.devices import Vault, certificates
    from tapline_ops import access, enrolment

    data = folder(data_dir)
    with access.transaction(data, existing=True) as uow:
        issued = certificates.issue(
            uow,
            vault=Vault.at(enrolment.key_file(data)),
            tenant_id=tenant,
            device_id=device_id,
            request=csr.read_bytes(),
            actor=actor,
            days=days,
        )
    typer.echo(issued.pem, nl=False)


@app.command()
def transfer(
    device_id: DeviceId,
    *,
    tenant: TenantId,
    to: Annotated[str, typer.Option(help="The operator who gets it.")],
    actor: Actor,
    reason: Reason,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Give a dispenser to another operator, once all that it did is settled with this one."""
    from tapline.cards import handovers
    from tapline.devices import Vault
    from tapline_ops import access, enrolment

    data = folder(data_dir)
    with access.transaction(data, existing=True) as uow:
        command_id = handovers.hand_over(
            uow,
            vault=Vault.at(enrolment.key_file(data)),
            tenant_id=tenant,
            device_id=device_id,
            to_tenant=to,
            actor=actor,
            reason=reason,
        )
    typer.echo(f"command {command_id} carries the key; {device_id} is {to}'s when it uses that")


@app.command()
def shipment(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV or Excel.")],
    tenant: TenantId,
    maker: Maker,
    actor: Actor,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Take in a maker's shipment list: serial, batch, model, firmware, and public_key if known."""
    from tapline.devices import provisioning
    from tapline_ops import access

    with access.transaction(folder(data_dir), existing=True) as uow:
        count = provisioning.import_shipment(
            uow, tenant_id=tenant, maker=maker, content=file.read_bytes(), actor=actor
        )
    typer.echo(f"{count} devices may claim a key, once their batch has a credential")


@app.command("claim-batch")
def claim_batch(
    *,
    tenant: TenantId,
    maker: Maker,
    batch: Annotated[str, typer.Option(help="The batch, as the shipment list names it.")],
    actor: Actor,
    days: Annotated[int, typer.Option(help="So long it holds.")] = 180,
    as_json: AsJson = False,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Make the credential that a batch leaves its factory with, and print it, this once."""
    import msgspec

    from tapline_ops import access
    from tapline_ops.enrolment import open_batch

    data = folder(data_dir)
    with access.database(data, existing=True) as database:
        made = open_batch(
            database, data, tenant_id=tenant, maker=maker, batch=batch, days=days, actor=actor
        )
    show(msgspec.to_builtins(made), as_json=as_json)


@app.command()
def free(
    serial: DeviceId,
    tenant: TenantId,
    actor: Actor,
    reason: Reason,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Let a shipped dispenser claim anew, whose key or whose answer was lost."""
    from tapline.devices import provisioning
    from tapline_ops import access

    with access.transaction(folder(data_dir), existing=True) as uow:
        provisioning.free(uow, tenant_id=tenant, serial=serial, actor=actor, reason=reason)
    typer.echo(f"{serial} may claim a key again")
