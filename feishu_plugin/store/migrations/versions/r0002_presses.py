"""Buttons of cards come in through the inbox."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """What a press asks for stands beside the hint."""
    op.add_column("inbox", sa.Column("press", sa.Text))
