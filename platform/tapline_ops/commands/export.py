"""Hand everything to an auditor."""

from pathlib import Path
from typing import Annotated

import typer

from tapline_ops.commands.options import DATA_DIR, DataDir, folder


def register(app: typer.Typer) -> None:
    """Add it to the command line."""
    app.command()(export)


def export(
    out: Annotated[Path, typer.Option(help="The folder to write to.")],
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Write facts, cards, findings, entries and refunds as JSON lines."""
    from tapline_ops import access
    from tapline_ops.export import export_all

    with access.database(folder(data_dir), existing=True) as database:
        counts = export_all(database, out)
    for name, count in counts.items():
        typer.echo(f"{count:>9} {name}")
