"""readings of heater, lamp and reader"""

from alembic import op

from tapline.devices import telemetry

revision = "7c41d9e05b2f"
down_revision = "4b01b7bfa801"
branch_labels = None
depends_on = None


def upgrade() -> None:
    telemetry.widen(op.get_bind())


def downgrade() -> None:
    raise NotImplementedError("money is not un-migrated: restore a backup")
