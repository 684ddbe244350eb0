"""Foresight: learn a model, ask it, decide which one speaks."""

import json
import os
from datetime import datetime
from typing import Annotated, Any

import typer

from tapline_ops.commands.options import DATA_DIR, AsJson, DataDir, TenantId, folder, show

models = typer.Typer(help="The registry of learnt models.", no_args_is_help=True)

Version = Annotated[int, typer.Argument(help="As `tapline models list` shows it.")]
Actor = Annotated[str, typer.Option("--by", help="Who decides it.")]
Reason = Annotated[str, typer.Option(help="Why; it is kept.")]


def register(app: typer.Typer) -> None:
    """Add them to the command line."""
    app.command()(train)
    app.command()(score)
    app.add_typer(models, name="models")


def train(  # noqa: PLR0917 (typer passes options by name)
    tenant: TenantId,
    seed: Annotated[int, typer.Option(help="Of the simulated estates.")] = 1,
    sites: Annotated[int, typer.Option(help="Simulated sites of eight devices to learn on.")] = 60,
    days: Annotated[int, typer.Option(help="Simulated days.")] = 360,
    as_json: AsJson = False,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Learn from simulated estates and from closed proactive tickets, and register the model: as
    champion if it is the first, else as shadow."""
    os.nice(10)  # a working house goes first
    from tapline_ops import access, prediction

    size = prediction.Size(sites=sites, days=days)
    with access.database(folder(data_dir), existing=True) as database:
        model = prediction.train(database, tenant_id=tenant, size=size, seed=seed)
    show(_row(model) | {"sha256": model.sha256}, as_json=as_json)
    if not as_json:
        typer.echo(model.card["en"])


def score(
    tenant: TenantId,
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Else the last that ended.")
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Ask about every device, and raise what deserves a visit. Nothing is raised twice."""
    from datetime import timedelta

    from tapline import clock, faults
    from tapline_ops import access, prediction

    with access.transaction(folder(data_dir), existing=True) as uow:
        faults.days.sum_up_new(uow, tenant_id=tenant)
        ended = clock.business_date(clock.now()) - timedelta(days=1)
        asked = day.date() if day else ended
        swept = prediction.score(uow, tenant_id=tenant, day=asked)
    show({"day": asked.isoformat(), **swept._asdict()}, as_json=as_json)


@models.command("list")
def list_(tenant: TenantId, as_json: AsJson = False, data_dir: DataDir = DATA_DIR) -> None:
    """List a tenant's models, newest first: version, status, figures, who let it speak."""
    from tapline import faults
    from tapline_ops import access

    with access.transaction(folder(data_dir), existing=True) as uow:
        rows = [_row(model) for model in faults.models.listed(uow, tenant_id=tenant)]
    for row in rows:
        text = json.dumps(row, ensure_ascii=False) if as_json else "\t".join(map(str, row.values()))
        typer.echo(text)


@models.command()
def card(
    version: Version, tenant: TenantId, as_json: AsJson = False, data_dir: DataDir = DATA_DIR
) -> None:
    """Show a model's card: what it is for, what it learnt from, how good it is, where it fails."""
    from tapline import faults
    from tapline_ops import access

    with access.transaction(folder(data_dir), existing=True) as uow:
        told = faults.models.get(uow, tenant_id=tenant, version=version).card
    typer.echo(json.dumps(told, ensure_ascii=False) if as_json else f"{told['zh']}\n{told['en']}")


@models.command()
def promote(  # noqa: PLR0917 (typer passes options by name)
    version: Version,
    tenant: TenantId,
    actor: Actor,
    reason: Reason,
    anyway: Annotated[bool, typer.Option(help="Even if its figures are worse.")] = False,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Let a model speak in place of the champion."""
    from tapline import faults
    from tapline_ops import access

    with access.transaction(folder(data_dir), existing=True) as uow:
        model = faults.models.promote(
            uow, tenant_id=tenant, version=version, actor=actor, reason=reason, anyway=anyway
        )
    typer.echo(f"{model.name} {model.version} speaks")


@models.command()
def rollback(tenant: TenantId, actor: Actor, reason: Reason, data_dir: DataDir = DATA_DIR) -> None:
    """Let the champion before the present one speak again."""
    from tapline import faults
    from tapline_ops import access

    with access.transaction(folder(data_dir), existing=True) as uow:
        model = faults.models.rollback(uow, tenant_id=tenant, actor=actor, reason=reason)
    typer.echo(f"{model.name} {model.version} speaks again")


def _row(model: Any) -> dict[str, Any]:
    alerts = model.metrics["alerts"]
    return {
        "version": model.version,
        "status": model.status.value,
        "pr_auc_any": model.metrics["pr_auc"]["any"],
        "recall": alerts["recall"],
        "precision": alerts["precision"],
        "alerts_a_month": alerts["a_month"],
        "approver": model.approver or "",
        "created_at": model.created_at.isoformat(timespec="seconds"),
    }
