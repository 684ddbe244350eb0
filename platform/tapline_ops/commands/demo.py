"""The demonstration."""

import os
from pathlib import Path
from typing import Annotated

import typer

from tapline_ops.commands.options import folder

_NOT_EMPTY = 2


def register(app: typer.Typer) -> None:
    """Add it to the command line."""
    app.command()(demo)


def demo(  # noqa: PLR0917 (typer passes options by name)
    run_s: Annotated[
        float | None, typer.Option("--for", min=1, help="Seconds to run; else until Ctrl-C.")
    ] = None,
    devices: Annotated[int, typer.Option(min=1, max=500, help="How many dispensers.")] = 50,
    seed: Annotated[int, typer.Option(help="Same seed, same estate and same plan.")] = 1,
    report: Annotated[Path | None, typer.Option(help="Where to write the report.")] = None,
    truth: Annotated[
        Path | None, typer.Option(help="Where the simulator writes what really happened.")
    ] = None,
    plan: Annotated[
        str, typer.Option(help="What goes wrong: usual, or taxonomy for a little of everything.")
    ] = "usual",
    data_dir: Annotated[
        Path | None,
        typer.Option(envvar="TAPLINE_DATA_DIR", help="Default ./data, or a new one in --truth."),
    ] = None,
) -> None:
    """Start everything on a demonstration estate, with a simulated fleet that pours and errs.

    Exit codes: 0 clean; 1 facts or money do not agree; 2 --truth needs an empty data folder;
    3 not everything was handled in time.
    """
    from tapline.errors import InvalidError
    from tapline_ops.commands.run import stopped_by_signal
    from tapline_ops.demo.estate import HOTLINE
    from tapline_ops.demo.run import Demonstration, Plan
    from tapline_ops.demo.scenario import PLANS

    if plan not in PLANS:
        raise InvalidError(f"plan {plan!r}: use one of {', '.join(PLANS)}")

    data = folder(data_dir or (truth / "data" if truth else Path("data")))
    if truth is not None and not data.is_empty():
        typer.secho(f"tapline: --truth needs an empty data folder; {data.path} is not", err=True)
        raise typer.Exit(_NOT_EMPTY)
    os.environ.setdefault("TAPLINE_HOTLINE", HOTLINE)
    wanted = Plan(
        device_count=devices,
        seed=seed,
        run_s=run_s,
        truth_dir=(truth or data.path / "truth").absolute(),
        report_file=report,
        plan=plan,
    )
    raise typer.Exit(Demonstration(data, wanted, typer.echo, stopped_by_signal()).run())
