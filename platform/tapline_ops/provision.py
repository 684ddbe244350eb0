"""What an installation needs before anyone can use it: its schema and a tenant."""

from tapline import migrations, tenants
from tapline.uow import Database

DEMO = "demo"
"""The tenant that a new installation begins with."""


def prepare(database: Database) -> None:
    """Bring the schema up to date and make the first tenant; a second time changes nothing."""
    migrations.upgrade(database.engine)
    with database.transaction() as uow:
        if DEMO not in tenants.ids(uow):
            tenants.create(
                uow, tenant_id=DEMO, name="清源饮水", legal_entity="清源饮水服务有限公司"
            )
