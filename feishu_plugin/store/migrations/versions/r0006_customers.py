"""How many requirements each customer had, and how content they were, is counted without reading states."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_PAGE = 500
_LONGEST = 200
"""An index of PostgreSQL takes no entry above 2,700 bytes."""
_TABLES = ("requirement", "requirement:archived")


def upgrade() -> None:
    """Customer and score stand beside the status, also of what was archived before."""
    op.add_column("accepted", sa.Column("customer", sa.Text))
    op.add_column("accepted", sa.Column("score", sa.Double))
    _fill(op.get_bind())
    known = sa.text("customer IS NOT NULL")
    op.create_index(
        "accepted_customer",
        "accepted",
        ["app_token", "customer", "table_key", "status", "score"],
        sqlite_where=known,
        postgresql_where=known,
    )


def _fill(connection: sa.Connection) -> None:
    names = ("app_token", "table_key", "record_id", "state", "customer", "score")
    accepted = sa.table("accepted", *map(sa.column, names))
    keys = (accepted.c.app_token, accepted.c.table_key, accepted.c.record_id)
    ours = accepted.c.table_key.in_(_TABLES)
    query = sa.select(*keys, accepted.c.state).where(ours).order_by(*keys).limit(_PAGE)
    last = ("", "", "")
    while page := connection.execute(query.where(sa.tuple_(*keys) > last)).all():
        for row in page:
            if values := _values(json.loads(row.state).get("values", {})):
                one = [key == value for key, value in zip(keys, row[:3], strict=True)]
                connection.execute(sa.update(accepted).where(*one).values(values))
        last = tuple(page[-1][:3])


def _values(values: dict[str, object]) -> dict[str, object]:
    linked, score = values.get("customer"), values.get("score")
    ids = linked.get("$tuple", []) if isinstance(linked, dict) else []
    found: dict[str, object] = {"customer": str(ids[0])[:_LONGEST]} if ids else {}
    return {**found, "score": score} if isinstance(score, int | float) else found
