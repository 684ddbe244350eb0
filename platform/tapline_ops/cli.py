"""The command line. Commands import what they need when they run: `--help` is instant."""

from typing import Any

import typer
from typer.core import TyperGroup

from tapline.errors import TaplineError
from tapline_ops.commands import (
    card,
    cashier,
    db,
    deadletters,
    demo,
    device,
    doctor,
    export,
    firmware,
    imports,
    ledger,
    pki,
    predict,
    reconcile,
    route,
    run,
    share,
    simulate,
    telephony,
    tenant,
    vendor,
)


class Commands(TyperGroup):
    """Says what is wrong in one line; a traceback is for mistakes of ours."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (TaplineError, RuntimeError) as error:
            if isinstance(error, typer.Exit | typer.Abort):
                raise
            typer.secho(f"tapline: {error}", err=True, fg="red")
            raise typer.Exit(1) from error


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Tapline: the after-sales backbone of a drinking-water company.",
)
demo.register(app)
run.register(app)
simulate.register(app)
for name, group in {
    "db": db.app,
    "tenant": tenant.app,
    "device": device.app,
    "card": card.app,
    "firmware": firmware.app,
    "ledger": ledger.app,
    "route": route.app,
    "share": share.app,
    "vendor": vendor.app,
    "deadletters": deadletters.app,
    "pki": pki.app,
}.items():
    app.add_typer(group, name=name)
cashier.register(app)
telephony.register(app)
predict.register(app)
reconcile.register(app)
export.register(app)
imports.register(app)
doctor.register(app)
