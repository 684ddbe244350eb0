"""Orders know of a claim on them that is not decided."""

import sqlalchemy as sa
from alembic import op

revision = "a00eb7626b8e"
down_revision = "63a09a5a935c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "barrel_order", sa.Column("refund_asked_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.execute(
        """
        update barrel_order set refund_asked_at = refund.created_at
        from refund
        where refund.order_id = barrel_order.order_id
            and refund.state in ('requested', 'waiting', 'review')
        """
    )


def downgrade() -> None:
    raise NotImplementedError("money is not un-migrated: restore a backup")
