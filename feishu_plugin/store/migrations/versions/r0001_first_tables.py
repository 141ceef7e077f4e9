"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def _text(name: str, *, nullable: bool = False, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable, primary_key=key)


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def upgrade() -> None:
    """Creates them all."""
    _create_inbox()
    _create_outbox()
    _create_state()
    _create_memory()


def _create_inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("row", _ROW, primary_key=True),
        _text("app_token"),
        _text("table_id"),
        _text("record_id"),
        _text("kind"),
        _text("event_id"),
        sa.Column("received_at", _MOMENT, nullable=False),
        _text("operator"),
        _text("fields"),
        _text("step", nullable=True),
        sa.Column("closed", sa.Boolean, nullable=True),
        sa.UniqueConstraint("app_token", "event_id", "record_id", name="inbox_once"),
        sqlite_autoincrement=True,
    )
    _index("inbox_open", "inbox", ["app_token", "row"], "closed IS NULL")
    _index("inbox_open_record", "inbox", ["app_token", "record_id", "row"], "closed IS NULL")
    _index("inbox_closed", "inbox", ["received_at"], "closed IS NOT NULL")
    op.create_table(
        "set_aside",
        sa.Column("row", _ROW, primary_key=True),
        _text("raw"),
        _text("cause"),
        sa.Column("at", _MOMENT, nullable=False),
    )
    op.create_index("ix_set_aside_at", "set_aside", ["at"])


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("row", _ROW, primary_key=True),
        _text("app_token"),
        _text("identity"),
        _text("kind"),
        _text("target"),
        _text("body", nullable=True),
        sa.Column("not_before", _MOMENT, nullable=False),
        _text("covers"),
        sa.Column("next_try", _MOMENT, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        _text("batch"),
        _text("ended", nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        _text("outcome", nullable=True),
        sa.UniqueConstraint("app_token", "identity", name="outbox_once"),
        sqlite_autoincrement=True,
    )
    _index("outbox_due", "outbox", ["app_token", "next_try", "row"], "ended IS NULL")
    _index("outbox_batch", "outbox", ["app_token", "batch"], "ended IS NULL")
    _index("outbox_failed", "outbox", ["app_token"], "ended = 'given_up'")
    op.create_table("notices", _text("app_token", key=True), _text("identity", key=True))


def _create_state() -> None:
    op.create_table(
        "accepted",
        _text("app_token", key=True),
        _text("table_key", key=True),
        _text("record_id", key=True),
        _text("status"),
        _text("state"),
    )
    op.create_index("accepted_status", "accepted", ["app_token", "table_key", "status"])
    op.create_table(
        "numbers",
        _text("app_token", key=True),
        _text("scope", key=True),
        _text("identity", key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("app_token", "scope", "number", name="numbers_once"),
    )


def _create_memory() -> None:
    op.create_table("facts", _text("app_token", key=True), _text("name", key=True), _text("fact"))
    op.create_table(
        "claims",
        sa.Column("row", _ROW, primary_key=True),
        _text("app_token"),
        _text("job"),
        _text("slot"),
        sa.UniqueConstraint("app_token", "job", "slot", name="claims_once"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "leases",
        _text("app_token", key=True),
        _text("holder"),
        sa.Column("expires", sa.Double, nullable=False),
    )
    op.create_table(
        "calls",
        _text("month", key=True),
        _text("endpoint", key=True),
        sa.Column("calls", sa.BigInteger, nullable=False),
    )
