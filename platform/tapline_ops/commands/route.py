"""The router: live through a day with it, prove its log."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from tapline_ops.commands.options import DATA_DIR, AsJson, DataDir, TenantId, folder

if TYPE_CHECKING:
    from tapline.routing import Figures
    from tapline.routing.erlang import Expectation
    from tapline.routing.simulation import Expected, Outcome

app = typer.Typer(help="The router: who is offered what, and why.", no_args_is_help=True)


@app.command()
def simulate(
    calls: Annotated[int, typer.Option(min=1, help="Calls of the day.")] = 800,
    tickets: Annotated[int, typer.Option(min=0, help="Tickets of the day.")] = 100,
    agents: Annotated[int, typer.Option(min=1, help="Agents, all day.")] = 8,
    seed: Annotated[int, typer.Option(help="The same seed is the same day.")] = 7,
    as_json: AsJson = False,
) -> None:
    """A busy day by the real decisions: its digest, and its figures beside Erlang's."""
    from tapline.routing import simulation

    day = simulation.Day(calls=calls, tickets=tickets, agents=agents, seed=seed)
    outcome, due = simulation.run(day), simulation.expected(day)
    if as_json:
        typer.echo(json.dumps({**asdict(outcome), "erlang": asdict(due)}))
        return
    typer.echo(f"{calls} calls, {tickets} tickets, {agents} agents, seed {seed}")
    typer.echo(f"{outcome.decisions} decisions, digest {outcome.digest.head}\n")
    typer.echo("\n".join(_table(outcome, due)))


@app.command()
def replay(
    tenant: TenantId,
    desk: Annotated[str, typer.Option(help="Which desk.")] = "main",
    as_json: AsJson = False,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Decide the stored log again; exit 1 and name the first record that differs."""
    from tapline import routing
    from tapline_ops import access

    with access.transaction(folder(data_dir), existing=True) as uow:
        proof = routing.prove(uow, tenant_id=tenant, desk=desk)
    if as_json:
        typer.echo(json.dumps({"ok": proof.ok, **asdict(proof)}))
    else:
        typer.echo(f"{proof.digest.seq} decisions, digest {proof.digest.head}")
        if proof.differs_at is not None:
            typer.echo(f"record {proof.differs_at} is altered, missing or decided otherwise now")
        if not proof.snapshot_equal:
            typer.echo("the desk is not where its log leads")
    if not proof.ok:
        raise typer.Exit(1)


_ROWS = ("", "calls", "answered", "within 20 s", "mean wait, s", "abandoned", "busy agents")


def _table(outcome: "Outcome", due: "Expected") -> list[str]:
    """The day and its busy hour, and the busy hour as theory sees it."""
    columns = [
        _counted("day", outcome.calls),
        _counted("busy hour", outcome.busy_hour),
        _theory("Erlang C", due.patient),
        *([_theory("Erlang A", due.impatient)] if due.impatient else []),
    ]
    rows = zip(_ROWS, *columns, strict=True)
    return [
        *(f"{row[0]:<14}" + "".join(f"{cell:>12}" for cell in row[1:]) for row in rows),
        "",
        f"Promised a call after 30 s: {outcome.calls.overflowed}; "
        f"reached by an agent: {outcome.callbacks.answered} of {outcome.callbacks.offered}.",
        f"Tickets taken: {outcome.tickets.answered}, after {outcome.tickets.asa_s or 0:.1f} s.",
        f"Theory: {due.load:.2f} erlang; by Erlang B {_percent(due.blocked)} find all agents busy.",
        "It knows no ringing, missed offers, tickets or promises. Our shares leave out who hung up",
        "within 5 s; theory's are of all calls, and its busy agents do nothing but calls.",
    ]


def _counted(title: str, found: "Figures") -> tuple[str, ...]:
    gave_up = found.abandoned / max(1, found.offered - found.short_abandoned)
    return (
        title,
        str(found.offered),
        _percent(found.connection_rate),
        _percent(found.service_level),
        f"{found.asa_s or 0:.1f}",
        _percent(gave_up),
        _percent(found.occupancy),
    )


def _theory(title: str, due: "Expectation") -> tuple[str, ...]:
    return (
        title,
        "",
        _percent(1 - due.abandoned),
        _percent(due.service_level),
        "no end" if due.asa_s is None else f"{due.asa_s:.1f}",
        _percent(due.abandoned),
        _percent(due.occupancy),
    )


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"
