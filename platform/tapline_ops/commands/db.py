"""The database: its schema and its contents."""

from pathlib import Path
from typing import Annotated

import typer

from tapline_ops.commands.options import DATA_DIR, DataDir, folder

app = typer.Typer(help="The database.", no_args_is_help=True)


@app.command()
def upgrade(data_dir: DataDir = DATA_DIR) -> None:
    """Bring the schema up to date."""
    from tapline_ops import access, provision

    with access.database(folder(data_dir)) as database:
        provision.prepare(database)
    typer.echo("the schema is up to date")


@app.command()
def seed(
    devices: Annotated[int, typer.Option(min=1, max=500, help="How many dispensers.")] = 50,
    random_seed: Annotated[int, typer.Option("--seed", help="Same seed, same estate.")] = 1,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Fill an empty installation with a demonstration estate."""
    from tapline_ops import access
    from tapline_ops.demo import seeding
    from tapline_ops.demo.front import logins

    data = folder(data_dir)
    with access.database(data) as database:
        fleet = seeding.seed(database, data, device_count=devices, seed=random_seed)
    for line in logins(fleet, origin=""):
        typer.echo(line)


@app.command()
def revise(message: Annotated[str, typer.Argument(help="What changes, in a few words.")]) -> None:
    """Write the revision that brings the schema to the models; for developers, in a checkout."""
    import tempfile

    from alembic import command

    from tapline import migrations
    from tapline_ops.connection import connected
    from tapline_ops.embedded.postgres import EmbeddedPostgres

    with tempfile.TemporaryDirectory(prefix="tapline-revise-") as scratch:
        Path(scratch).chmod(0o711)  # as root the server is another user, who must pass
        postgres = EmbeddedPostgres(Path(scratch) / "postgres")
        try:
            postgres.start()
            with connected(postgres.url) as database, database.engine.begin() as connection:
                settings = migrations.configuration(connection)
                # Without functions and triggers: they may need the tables of this revision.
                command.upgrade(settings, "head")
                command.revision(settings, message=message, autogenerate=True)
        finally:
            postgres.remove()


@app.command()
def reset(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Delete everything that the data folder keeps."""
    from tapline_ops.embedded import home

    data = folder(data_dir)
    if data.is_empty():
        typer.echo(f"{data.path} is empty already")
        return
    if not yes:
        typer.confirm(f"Delete every pour, posting and ticket in {data.path}?", abort=True)
    data.lock.acquire("`tapline db reset`")
    for part in (data.postgres, data.mqtt, data.tasks):
        home.remove(part)
    data.remove_files()
    typer.echo(f"{data.path} is empty")
