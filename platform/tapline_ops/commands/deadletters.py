"""Dead letters: look at them, and have them tried again."""

import time
from typing import Annotated

import typer

from tapline_ops.commands.options import DATA_DIR, AsJson, DataDir, TenantId, folder, show

app = typer.Typer(help="Messages that nobody could act on.", no_args_is_help=True)

Code = Annotated[str | None, typer.Option(help="Only those of this reason.")]
Vendor = Annotated[str | None, typer.Option(help="Only those in this maker's language.")]
Device = Annotated[str | None, typer.Option(help="Only those of this dispenser.")]

_LOOK_EVERY_S = 0.5


@app.command("list")
def list_(
    tenant: TenantId,
    code: Code = None,
    vendor: Vendor = None,
    device: Device = None,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """List open dead letters, newest first: number, time, code, where to, reason."""
    from tapline.devices import messages
    from tapline.devices.messages import Which
    from tapline_ops import access

    which = Which(code=code, vendor=vendor, device_id=device)
    with access.transaction(folder(data_dir), existing=True) as uow:
        for one in messages.buried(uow, tenant_id=tenant, which=which):
            at = one.received_at.isoformat(timespec="seconds")
            typer.echo(f"{one.dead_letter_id}\t{at}\t{one.code}\t{one.topic}\t{one.reason}")


@app.command()
def replay(
    *,
    tenant: TenantId,
    code: Code = None,
    vendor: Vendor = None,
    device: Device = None,
    letter: Annotated[int | None, typer.Option(help="Only the one of this number.")] = None,
    rehearse: Annotated[bool, typer.Option(help="Show what would happen; keep nothing.")] = False,
    wait_s: Annotated[int, typer.Option(min=0, help="How long to wait for the gateway.")] = 60,
    as_json: AsJson = False,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Have open dead letters tried again by the running gateway, and count how it went."""
    from tapline.devices.messages import Which, replays
    from tapline_ops import access

    which = Which(dead_letter_id=letter, code=code, vendor=vendor, device_id=device)
    with access.database(folder(data_dir), existing=True) as database:
        with database.transaction() as uow:
            replay_id = replays.ask(
                uow, tenant_id=tenant, which=which, rehearsal=rehearse, actor="cli"
            ).replay_id
        deadline = time.monotonic() + wait_s
        while True:
            with database.transaction() as uow:
                stands = replays.progress(uow, replay_ids=[replay_id])[replay_id]
            if stands.is_over or time.monotonic() > deadline:
                break
            time.sleep(_LOOK_EVERY_S)
    show({"replay": str(replay_id), **stands._asdict()}, as_json=as_json)
