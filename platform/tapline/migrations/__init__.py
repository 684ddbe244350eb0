"""The schema: revisions for what changes, SQL files for what is replaced whole."""

from importlib import resources

from sqlalchemy import Engine

from tapline.devices import telemetry
from tapline.tables import Table


def install(engine: Engine) -> None:
    """Create every table and function of the present schema in an empty database."""
    import tapline.migrations.metadata  # noqa: F401, PLC0415 (registers every model)

    with engine.begin() as connection:
        Table.metadata.create_all(connection)
        telemetry.install(connection)
        cursor = connection.connection.cursor()
        for name in sorted(f.name for f in (resources.files(__package__) / "sql").iterdir()):
            if name.endswith(".sql"):
                cursor.execute((resources.files(__package__) / "sql" / name).read_text("utf-8"))
