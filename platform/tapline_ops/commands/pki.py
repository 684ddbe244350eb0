"""Certificates: who issues them here, and what was issued to dispensers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from tapline_ops.commands.options import DATA_DIR, AsJson, DataDir, TenantId, folder

app = typer.Typer(help="Certificates of dispensers and of the broker.", no_args_is_help=True)

Actor = Annotated[str, typer.Option(help="Who does it, for the audit trail.")]
Hosts = Annotated[
    list[str], typer.Option("--host", help="A name or address by which devices find the broker.")
]
KeptHosts = Annotated[
    list[str] | None,
    typer.Option("--host", help="As with init; else those that the broker's certificate is for."),
]
Name = Annotated[str, typer.Option(help="What the authority is called.")]
LOCAL = ["localhost", "127.0.0.1"]


@app.command()
def init(
    *,
    root_key: Annotated[Path, typer.Option(help="Where the root's key is written: a stick, say.")],
    actor: Actor,
    host: Hosts = LOCAL,
    name: Name = "Tapline",
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Make a root, the first authority under it, and the broker's certificate."""
    from tapline.devices import Vault, certificates
    from tapline_ops import access, enrolment

    data = folder(data_dir)
    with _new_file(root_key), access.database(data, existing=True) as database:
        vault = Vault.at(enrolment.key_file(data))
        with database.transaction() as uow:
            made = certificates.found(uow, vault=vault, name=name, actor=actor)
            root_key.write_text(made.root_key_pem)
        enrolment.secure_broker(database, data.mqtt, vault=vault, hosts=host)
    typer.echo(f"the root's key is in {root_key}: take it off this machine, it is needed every")
    typer.echo("few years (`tapline pki succeed`). Devices know the broker by this root:")
    typer.echo(made.root_pem)
    typer.echo("The doors behind TLS open when the broker starts next.")


@contextmanager
def _new_file(path: Path) -> Iterator[None]:
    """An empty file that only we may read; gone again where nothing was written to it."""
    try:
        path.touch(mode=0o600, exist_ok=False)
    except OSError as error:
        raise RuntimeError(f"{path} cannot be made: {error.strerror}") from None
    try:
        yield
    finally:
        if not path.read_text():
            path.unlink()


@app.command("add-root")
def add_root(
    *,
    root_key: Annotated[Path, typer.Option(help="Where its key is written: a stick, say.")],
    actor: Actor,
    name: Name = "Tapline",
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Make a second root, which issues from now on; both are believed until the first retires."""
    from tapline.devices import Vault, certificates
    from tapline_ops import access, enrolment

    data = folder(data_dir)
    with _new_file(root_key), access.database(data, existing=True) as database:
        vault = Vault.at(enrolment.key_file(data))
        with database.transaction() as uow:
            made = certificates.roots.add(uow, vault=vault, name=name, actor=actor)
            root_key.write_text(made.root_key_pem)
        enrolment.secure_broker(database, data.mqtt, vault=vault)
    typer.echo(f"the new root's key is in {root_key}: take it off this machine. Devices are given")
    typer.echo(
        "certificates under it when they renew theirs; `tapline pki roots` says how far they"
    )
    typer.echo("are. Devices that are set up now are to believe this root beside the older one:")
    typer.echo(made.root_pem)


@app.command("roots")
def list_roots(*, as_json: AsJson = False, data_dir: DataDir = DATA_DIR) -> None:
    """List the roots: serial, name, end, what each does, and how many devices still need it."""
    from tapline.devices import certificates
    from tapline_ops import access

    with access.transaction(folder(data_dir), existing=True) as uow:
        rows = [
            {
                "serial": one.serial,
                "name": one.name,
                "ends": one.ends_at.isoformat(timespec="seconds"),
                "issues": "issues" if one.issues else "",
                "shown": "shown by the broker" if one.is_shown else "",
                "devices": str(one.devices),
            }
            for one in certificates.roots.standing(uow)
        ]
    for row in rows:
        typer.echo(json.dumps(row) if as_json else "\t".join(row.values()))


@app.command("retire-root")
def retire_root(
    serial: Annotated[str, typer.Argument(help="As `tapline pki roots` prints it.")],
    *,
    actor: Actor,
    reason: Annotated[str, typer.Option(help="Why, for the audit trail.")],
    cuts_off: Annotated[
        int, typer.Option(help="How many devices have no other certificate, and lose theirs.")
    ] = 0,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Believe a root no more; what is issued under it ends, and the broker changes to the other."""
    from tapline.devices import Vault, certificates
    from tapline_ops import access, enrolment

    data = folder(data_dir)
    with access.database(data, existing=True) as database:
        with database.transaction() as uow:
            certificates.roots.retire(
                uow, serial=serial, cuts_off=cuts_off, actor=actor, reason=reason
            )
        vault = Vault.at(enrolment.key_file(data))
        enrolment.secure_broker(database, data.mqtt, vault=vault)
    typer.echo(f"{serial} is retired; the broker starts anew, and believes it no more")


@app.command()
def succeed(
    *,
    root_key: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="The root's key.")],
    actor: Actor,
    host: KeptHosts = None,
    name: Name = "Tapline",
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Make the next authority under the newest root; what was issued before holds until it ends."""
    from tapline.devices import Vault, certificates
    from tapline_ops import access, enrolment

    data = folder(data_dir)
    with access.database(data, existing=True) as database:
        vault = Vault.at(enrolment.key_file(data))
        with database.transaction() as uow:
            certificates.succeed(
                uow, vault=vault, name=name, root_key_pem=root_key.read_bytes(), actor=actor
            )
        enrolment.secure_broker(database, data.mqtt, vault=vault, hosts=host)
    typer.echo("it issues from now on; the broker starts anew, and believes what it issues")


@app.command()
def broker(*, host: Hosts = LOCAL, data_dir: DataDir = DATA_DIR) -> None:
    """Give the broker another certificate, at once; before its end it is given one anyway."""
    from tapline.devices import Vault
    from tapline_ops import access, enrolment

    data = folder(data_dir)
    with access.database(data, existing=True) as database:
        vault = Vault.at(enrolment.key_file(data))
        enrolment.secure_broker(database, data.mqtt, vault=vault, hosts=host)
    typer.echo(f"the broker is {', '.join(host)} for thirteen months")


@app.command("list")
def list_(
    tenant: TenantId,
    device: Annotated[str | None, typer.Option(help="Of this one alone.")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """List certificates: serial, dispenser, end, revoked; with --json one object a line."""
    from tapline.devices import certificates
    from tapline_ops import access

    with access.transaction(folder(data_dir), existing=True) as uow:
        rows = [
            {
                "serial": row.serial,
                "device_id": row.device_id,
                "ends": row.ends_at.isoformat(timespec="seconds"),
                "revoked": row.revoked_at.isoformat(timespec="seconds") if row.revoked_at else "",
            }
            for row in certificates.listed(uow, tenant_id=tenant, device_id=device)
        ]
    for row in rows:
        typer.echo(json.dumps(row) if as_json else "\t".join(row.values()))


@app.command()
def revoke(
    serial: Annotated[str, typer.Argument(help="As `tapline pki list` prints it.")],
    *,
    tenant: TenantId,
    actor: Actor,
    reason: Annotated[str, typer.Option(help="Why, for the audit trail.")],
    data_dir: DataDir = DATA_DIR,
) -> None:
    """End one certificate; its dispenser is cut off, and may come back by what else it has."""
    from tapline.devices import Vault, certificates
    from tapline_ops import access, enrolment

    data = folder(data_dir)
    with access.database(data, existing=True) as database:
        with database.transaction() as uow:
            certificates.revoke(uow, tenant_id=tenant, serial=serial, actor=actor, reason=reason)
        enrolment.admit_all(database, data.mqtt, Vault.at(enrolment.key_file(data)))
    typer.echo(f"{serial} is revoked; the worker cuts its connection")
