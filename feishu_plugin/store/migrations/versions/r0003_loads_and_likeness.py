"""Who has how much to do, and which requirements are alike, are asked without reading every record."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ROW = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_PAGE = 500
_MOST_OWNERS = 50
"""An index of PostgreSQL takes no entry above 2,700 bytes."""


def upgrade() -> None:
    """The owners stand beside the status; the index of look-alikes begins empty."""
    op.add_column("accepted", sa.Column("owners", sa.Text, nullable=False, server_default=""))
    _fill_owners(op.get_bind())
    op.drop_index("accepted_status", "accepted")
    op.create_index("accepted_load", "accepted", ["app_token", "table_key", "status", "owners"])
    op.create_table(
        "prints",
        sa.Column("row", _ROW, primary_key=True),
        sa.Column("app_token", sa.Text, nullable=False),
        sa.Column("record_id", sa.Text, nullable=False),
        sa.Column("bands", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("app_token", "record_id", name="prints_once"),
    )
    op.create_table(
        "bands",
        sa.Column("band", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("print", _ROW, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )


def _fill_owners(connection: sa.Connection) -> None:
    accepted = sa.table(
        "accepted", *map(sa.column, ("app_token", "table_key", "record_id", "state", "owners"))
    )
    keys = (accepted.c.app_token, accepted.c.table_key, accepted.c.record_id)
    query = sa.select(*keys, accepted.c.state).order_by(*keys).limit(_PAGE)
    last = ("", "", "")
    while page := connection.execute(query.where(sa.tuple_(*keys) > last)).all():
        for row in page:
            owner = json.loads(row.state).get("values", {}).get("owner") or {}
            if owners := " ".join(owner.get("$tuple", [])[:_MOST_OWNERS]):
                one = [key == value for key, value in zip(keys, row[:3], strict=True)]
                connection.execute(sa.update(accepted).where(*one).values(owners=owners))
        last = tuple(page[-1][:3])
