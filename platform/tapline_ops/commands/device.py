"""Dispensers: register one, list them."""

import json
from typing import Annotated

import typer

from tapline_ops.commands.options import DATA_DIR, AsJson, DataDir, TenantId, folder, show

app = typer.Typer(help="Dispensers.", no_args_is_help=True)


@app.command()
def create(
    device_id: Annotated[str, typer.Argument(help="1-32 letters, digits, - and _.")],
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
