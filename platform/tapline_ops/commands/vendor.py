"""Machines of other makers: which of ours each is, and makers' clouds that may push to us."""

from typing import TYPE_CHECKING, Annotated

import typer

from tapline_ops.commands.options import DATA_DIR, AsJson, DataDir, TenantId, folder, show

if TYPE_CHECKING:
    from tapline_gateway.vendors import Adapter

app = typer.Typer(help="Machines of other makers.", no_args_is_help=True)

Vendor = Annotated[str, typer.Option("--vendor", help="The name of the maker's adapter.")]


@app.command()
def bind(
    *,
    device_id: Annotated[str, typer.Argument(help="Our id of a registered dispenser.")],
    tenant: TenantId,
    vendor: Vendor,
    foreign_id: Annotated[str, typer.Option("--number", help="The maker's number of it.")],
    starts_after: Annotated[
        int, typer.Option(min=0, help="The last record number that it gave before it was ours.")
    ] = 0,
    is_witness: Annotated[
        bool,
        typer.Option(
            "--witness", help="The dispenser tells us itself; the maker's cloud is held against it."
        ),
    ] = False,
    as_json: AsJson = False,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Say which dispenser a maker means by its number, and print how the machine logs in."""
    from tapline import devices
    from tapline.devices import Vault, vendors
    from tapline.errors import InvalidError
    from tapline_gateway.vendors import CLOUDS, Capability
    from tapline_gateway.vendors.logins import login_code
    from tapline_ops import access
    from tapline_ops.enrolment import admit_all, key_file

    data, adapter = folder(data_dir), _adapter(vendor)
    if is_witness and vendor not in CLOUDS:
        raise InvalidError(
            f"{vendor} has no cloud that could tell of it; known: {', '.join(CLOUDS)}"
        )
    with access.database(data) as database:
        with database.transaction() as uow:
            vendors.bind(
                uow,
                tenant_id=tenant,
                device_id=device_id,
                vendor=vendor,
                foreign_id=foreign_id,
                actor="cli",
                starts_after=starts_after,
                sparse=Capability.NUMBERS not in adapter.CAPABILITIES,
                is_witness=is_witness,
            )
            device = devices.get(uow, tenant_id=tenant, device_id=device_id)
        key = Vault.at(key_file(data)).open(device_id, device.key_sealed)
        admit_all(database, data.mqtt)
    told = {"device_id": device_id, "vendor": vendor, "number": foreign_id}
    if not is_witness:
        told["login code"] = login_code(key, vendor)
    show(told, as_json=as_json)


@app.command("open")
def open_(
    tenant: TenantId, vendor: Vendor, as_json: AsJson = False, data_dir: DataDir = DATA_DIR
) -> None:
    """Let a maker's cloud push, and print the secret that it signs with, this once."""
    from tapline.devices import Vault, vendors
    from tapline.errors import InvalidError
    from tapline_gateway.vendors import CLOUDS
    from tapline_ops import access
    from tapline_ops.enrolment import identity_key_file

    if vendor not in CLOUDS:
        raise InvalidError(f"{vendor} has no cloud that pushes; known: {', '.join(CLOUDS)}")
    data = folder(data_dir)
    vault = Vault.at(identity_key_file(data))
    with access.transaction(data, existing=True) as uow:
        secret = vendors.open_account(
            uow, vault=vault, tenant_id=tenant, vendor=vendor, actor="cli"
        )
    address = f"/api/v1/vendors/{vendor}/{tenant}/pushes"
    show({"address": address, "secret_hex": secret.hex()}, as_json=as_json)


@app.command("list")
def list_(tenant: TenantId, data_dir: DataDir = DATA_DIR) -> None:
    """List an operator's machines of other makers: our id, maker, the maker's number."""
    from tapline.devices import vendors
    from tapline_ops import access

    with access.transaction(folder(data_dir), existing=True) as uow:
        for one in vendors.listed(uow, tenant_id=tenant):
            typer.echo(f"{one.device_id}\t{one.vendor}\t{one.foreign_id}")


def _adapter(vendor: str) -> "Adapter":
    from tapline.errors import InvalidError
    from tapline_gateway.vendors import ADAPTERS

    if vendor not in ADAPTERS:
        raise InvalidError(f"no adapter is called {vendor}; there are: {', '.join(ADAPTERS)}")
    return ADAPTERS[vendor]
