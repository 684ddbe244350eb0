"""who decided about bad water"""

import sqlalchemy as sa
from alembic import op

revision = "6e53b1327b37"
down_revision = "7c41d9e05b2f"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "water_trace_approval",
        sa.Column("approval_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("trace_id", sa.Uuid(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["staff.staff_id"], name=op.f("fk_water_trace_approval_approved_by")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["staff.staff_id"], name=op.f("fk_water_trace_approval_asked_by")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.tenant_id"], name=op.f("fk_water_trace_approval_tenant_id")
        ),
        sa.ForeignKeyConstraint(
            ["trace_id"], ["water_trace.trace_id"], name=op.f("fk_water_trace_approval_trace_id")
        ),
        sa.PrimaryKeyConstraint("approval_id", name=op.f("pk_water_trace_approval")),
    )
    op.create_index(
        op.f("ix_water_trace_approval_tenant_id_asked_by_approved_at"),
        "water_trace_approval",
        ["tenant_id", "asked_by", "approved_at"],
        unique=False,
    )
    # Of earlier proposals of a case nothing but the audit trail knows.
    op.execute(
        """
        insert into water_trace_approval
            (approval_id, tenant_id, trace_id, fen, asked_by, approved_by, approved_at)
        select gen_random_uuid(), tenant_id, trace_id, refund_asked_fen, refund_asked_by,
            refund_approved_by, refund_approved_at
        from water_trace where refund_approved_at is not null
        """
    )
    op.add_column("goodwill", sa.Column("price_fen", sa.BigInteger(), nullable=True))
    # One whose card does not bear the pour any more: it stood for the price at most.
    op.execute(
        """
        update goodwill set price_fen = coalesce(
            (
                select charge.amount_fen from fact_charge charge
                where charge.device_id = goodwill.device_id and charge.seq = goodwill.seq
                    and charge.payer = 'card' and charge.card_no = goodwill.card_no
            ),
            amount_fen
        )
        """
    )
    op.alter_column("goodwill", "price_fen", nullable=False)


def downgrade() -> None:
    raise NotImplementedError("money is not un-migrated: restore a backup")
