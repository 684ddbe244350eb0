"""What runs here, on what, and what is weaker than production."""

import typer

from tapline_ops.commands.options import DATA_DIR, DataDir, folder


def register(app: typer.Typer) -> None:
    """Add it to the command line."""
    app.command()(doctor)


def doctor(data_dir: DataDir = DATA_DIR) -> None:
    """Say what runs, on what, in which version, and what is weaker than production."""
    from tapline_ops.doctor import examine

    for line in examine(folder(data_dir)):
        typer.echo(line)
