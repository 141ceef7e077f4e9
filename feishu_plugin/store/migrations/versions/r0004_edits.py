"""Who changed which field of a requirement, so that a bulk mistake can be taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """A row for each changed field; old ones are removed by the store's upkeep."""
    op.create_table(
        "edits",
        sa.Column("row", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("app_token", sa.Text, nullable=False),
        sa.Column("record_id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("was", sa.Text),
        sa.Column("became", sa.Text),
        sa.Column("operator", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_rule", sa.Boolean, nullable=False),
        sa.UniqueConstraint("app_token", "event_id", "record_id", "field", name="edits_once"),
        sqlite_autoincrement=True,
    )
    op.create_index("edits_at", "edits", ["app_token", "at"])
    op.create_index("edits_old", "edits", ["at"])
