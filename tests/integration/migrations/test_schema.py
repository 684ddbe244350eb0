"""The schema that revisions make is the one that the models describe."""

import warnings

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import SAWarning

from tapline import migrations
from tapline.metadata import METADATA, is_ours
from tapline.uow import Database


def test_there_is_one_head() -> None:
    scripts = ScriptDirectory.from_config(migrations.configuration())

    assert len(scripts.get_heads()) == 1


def test_after_an_upgrade_there_is_nothing_left_to_revise(database: Database) -> None:
    options = {
        "compare_type": True,
        "compare_server_default": True,
        "include_object": lambda _object, name, type_, _reflected, _other: is_ours(name, type_),
    }
    with database.engine.connect() as connection, warnings.catch_warnings():
        # PostgreSQL's xid8 is no type that SQLAlchemy knows by itself.
        warnings.filterwarnings("ignore", "Did not recognize type 'xid8'", SAWarning)
        context = MigrationContext.configure(connection, opts=options)

        assert compare_metadata(context, METADATA) == []


def test_upgrading_again_changes_nothing(fresh_database: Database) -> None:
    migrations.upgrade(fresh_database.engine)
    migrations.upgrade(fresh_database.engine)

    with fresh_database.transaction() as uow:
        found = uow.session.connection().exec_driver_sql("select version_num from alembic_version")
        assert len(found.all()) == 1
