"""A simulated fleet against any broker."""

from pathlib import Path
from typing import Annotated

import typer

_NOT_DRAINED = 3


def register(app: typer.Typer) -> None:
    """Add it to the command line."""
    app.command()(simulate)


def simulate(  # noqa: PLR0917 (typer passes options by name)
    scenario: Annotated[str, typer.Argument(help="A TOML or JSON file, or a shipped name.")],
    broker: Annotated[
        str | None,
        typer.Option(help="mqtt://[user:password@]host:port, or mqtts://…?ca=FILE for TLS."),
    ] = None,
    devices: Annotated[int | None, typer.Option(min=1, help="So many of them.")] = None,
    seed: Annotated[int | None, typer.Option(help="Same seed, same plan.")] = None,
    for_s: Annotated[
        float | None, typer.Option("--for", min=1, help="Seconds to run; else until Ctrl-C.")
    ] = None,
    keys: Annotated[
        Path | None,
        typer.Option(
            exists=True, help="Keys and cards as JSON, or what `device create --json` printed."
        ),
    ] = None,
    truth: Annotated[
        Path | None, typer.Option(help="Where to write what really happened, as JSON lines.")
    ] = None,
    state: Annotated[Path, typer.Option(help="The machines' flash memories.")] = Path("simulated"),
    report: Annotated[Path | None, typer.Option(help="Where to write how it went.")] = None,
) -> None:
    """Run a fleet of simulated dispensers against a broker.

    Ctrl-C lets the last customers finish and every fact be released. Exit codes: 0 all is
    delivered; 3 something is not, and waits in the flash memories for the next run.
    """
    import msgspec

    from tapline_ops import logs
    from tapline_ops.commands.run import stopped_by_signal
    from tapline_sim import fleet, stories
    from tapline_sim.scenario import ScenarioError
    from tapline_sim.store import StoreError
    from tapline_sim.stories import Given

    logs.configure()
    try:
        told = stories.read(scenario, Given(broker, keys, devices, seed))
        outcome = fleet.run(
            told,
            state_dir=state,
            truth_dir=truth,
            stop=stopped_by_signal(),
            run_s=for_s or told.for_s,
            progress=lambda line: typer.echo(line, err=True),
        )
    except (ScenarioError, StoreError) as error:
        raise RuntimeError(str(error)) from error
    written = msgspec.json.encode(outcome)
    if report is None:
        typer.echo(written.decode())
    else:
        report.write_bytes(written)
    raise typer.Exit(0 if outcome.drained else _NOT_DRAINED)
