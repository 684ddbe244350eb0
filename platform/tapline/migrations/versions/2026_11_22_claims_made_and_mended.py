"""claims made and mended"""

import sqlalchemy as sa
from alembic import op

revision = "638a771573bc"
down_revision = "a278023205ff"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _corrections()
    _demands()


def _corrections() -> None:
    op.create_table(
        "abroad_correction",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("issuer_id", sa.String(), nullable=False),
        sa.Column("mends", sa.Uuid(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_abroad_correction_amount_not_zero")),
        sa.CheckConstraint("revision > 0", name=op.f("ck_abroad_correction_revision_counts")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "statement_id"],
            ["abroad_statement.tenant_id", "abroad_statement.statement_id"],
            name=op.f("fk_abroad_correction_tenant_id_statement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.tenant_id"], name=op.f("fk_abroad_correction_tenant_id")
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "statement_id", "line", name=op.f("pk_abroad_correction")
        ),
    )
    op.create_index(
        "ix_abroad_correction_waiting",
        "abroad_correction",
        ["tenant_id", "judged_at"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "uq_abroad_correction_accepted_once",
        "abroad_correction",
        ["tenant_id", "issuer_id", "device", "seq", "revision"],
        unique=True,
        postgresql_where=sa.text("state = 'accepted'"),
    )


def _demands() -> None:
    op.create_table(
        "sharing_demand",
        sa.Column("settlement_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("receiver_key", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("pours", sa.BigInteger(), nullable=False),
        sa.Column("corrections", sa.BigInteger(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("left_out_fen", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["settlement_id"],
            ["issuer_settlement.settlement_id"],
            name=op.f("fk_sharing_demand_settlement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.tenant_id"], name=op.f("fk_sharing_demand_tenant_id")
        ),
        sa.PrimaryKeyConstraint("settlement_id", name=op.f("pk_sharing_demand")),
    )
    op.create_index(
        op.f("ix_issuer_settlement_line_tenant_id_issuer_id_device_id_seq"),
        "issuer_settlement_line",
        ["tenant_id", "issuer_id", "device_id", "seq"],
        unique=False,
    )


def downgrade() -> None:
    raise NotImplementedError("money is not un-migrated: restore a backup")
