"""The schema: revisions for what changes, SQL files for what is replaced whole."""

from importlib import resources

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to `revision`, in one transaction.

    Functions and triggers (`sql/*.sql`) are `create or replace`: they are laid anew each time, so
    that they never lag behind the code, and no revision repeats them.
    """
    with engine.begin() as connection:
        command.upgrade(configuration(connection), revision)
        _lay_functions(connection)


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration; `connection` is what its environment will use."""
    config = Config()
    config.set_main_option("script_location", "tapline:migrations")
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def _lay_functions(connection: Connection) -> None:
    cursor = connection.connection.cursor()
    folder = resources.files(__package__) / "sql"
    for name in sorted(file.name for file in folder.iterdir() if file.name.endswith(".sql")):
        # The driver's own cursor: SQLAlchemy would take `::` and `%` for parameters.
        cursor.execute((folder / name).read_text("utf-8"))
