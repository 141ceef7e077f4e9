"""Notices wait as lines for the morning card, and cards of a person and a day are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """The count finds a person's cards without reading those of others."""
    cards = sa.text("kind = 'card'")
    op.create_index(
        "outbox_cards",
        "outbox",
        ["app_token", "target", "not_before"],
        sqlite_where=cards,
        postgresql_where=cards,
    )
