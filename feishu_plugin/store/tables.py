"""The tables of the store as they are now; how they came about is in ``migrations``.

"Open" and "waiting" are NULL columns, because ``IS NULL`` is the one condition of a partial
index that both databases recognise in a query with bound values.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    literal_column,
)
from sqlalchemy import UniqueConstraint as Unique

from feishu_plugin.store.columns import ROW_NUMBER, Document, Moment, Words

HEAD = "0006"
"""The newest migration; a database that is there already needs no Alembic at start."""

METADATA = MetaData()

inbox = Table(
    "inbox",
    METADATA,
    Column("row", ROW_NUMBER, primary_key=True),
    Column("app_token", Text, nullable=False),
    Column("table_id", Text, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("operator", Text, nullable=False),
    Column("fields", Document, nullable=False),
    Column("step", Document),
    Column("press", Document),
    Column("closed", Boolean),
    # A copied base may keep its record ids, and sweeps make their own event ids.
    Unique("app_token", "event_id", "record_id", name="inbox_once"),
    # Row numbers must not be used again: a late settlement would close a newer hint.
    sqlite_autoincrement=True,
)
OPEN = inbox.c.closed.is_(None)
CLOSED = inbox.c.closed.is_not(None)
# One index for the oldest open rows, one for "is there a newer hint of this record": neither
# grows with what is closed, and neither walks a long backlog.
Index("inbox_open", inbox.c.app_token, inbox.c.row, sqlite_where=OPEN, postgresql_where=OPEN)
Index(
    "inbox_open_record",
    inbox.c.app_token,
    inbox.c.record_id,
    inbox.c.row,
    sqlite_where=OPEN,
    postgresql_where=OPEN,
)
Index("inbox_closed", inbox.c.received_at, sqlite_where=CLOSED, postgresql_where=CLOSED)

set_aside = Table(
    "set_aside",
    METADATA,
    Column("row", ROW_NUMBER, primary_key=True),
    Column("raw", Document, nullable=False),
    Column("cause", Words, nullable=False),
    Column("at", Moment, nullable=False, index=True),
)

accepted = Table(
    "accepted",
    METADATA,
    Column("app_token", Text, primary_key=True),
    Column("table_key", Text, primary_key=True),
    Column("record_id", Text, primary_key=True),
    Column("status", Words, nullable=False),
    Column("state", Text, nullable=False),
    # open_ids with a space between; how much each has to do is counted by it.
    Column("owners", Words, nullable=False, server_default=""),
    # What a customer had, and how content they were, is counted by these; NULL: none.
    Column("customer", Words),
    Column("score", Double),
)
WITH_CUSTOMER = accepted.c.customer.is_not(None)
LONGEST_CUSTOMER = 200
"""Characters of a record_id that are kept, for the same reason as ``MOST_OWNERS``."""
MOST_OWNERS = 50
"""Owners of a record that are counted: an index of PostgreSQL takes no entry above 2,700 bytes."""
# It holds everything that a count by owner reads.
Index("accepted_load", accepted.c.app_token, accepted.c.table_key, accepted.c.status, accepted.c.owners)
Index(
    "accepted_customer",
    accepted.c.app_token,
    accepted.c.customer,
    accepted.c.table_key,
    accepted.c.status,
    accepted.c.score,
    sqlite_where=WITH_CUSTOMER,
    postgresql_where=WITH_CUSTOMER,
)

prints = Table(
    "prints",
    METADATA,
    Column("row", ROW_NUMBER, primary_key=True),
    Column("app_token", Text, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("bands", LargeBinary, nullable=False),
    Unique("app_token", "record_id", name="prints_once"),
)
# One narrow row for each band of a fingerprint: 100,000 requirements make some two million.
bands = Table(
    "bands",
    METADATA,
    Column("band", BigInteger, primary_key=True, autoincrement=False),
    Column("print", ROW_NUMBER, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

outbox = Table(
    "outbox",
    METADATA,
    Column("row", ROW_NUMBER, primary_key=True),
    Column("app_token", Text, nullable=False),
    Column("identity", Words, nullable=False),
    Column("kind", Text, nullable=False),
    Column("target", Words, nullable=False),
    Column("body", Text),
    Column("not_before", Moment, nullable=False),
    Column("covers", Document, nullable=False),
    Column("next_try", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("batch", Text, nullable=False),
    Column("ended", Text),
    Column("ended_at", Moment),
    Column("outcome", Words),
    Unique("app_token", "identity", name="outbox_once"),
    sqlite_autoincrement=True,
)
WAITING = outbox.c.ended.is_(None)
DONE, GIVEN_UP = "done", "given_up"
MAIL, WEBHOOK, POST = "mail", "webhook", "post"
"""The kinds of effects that have drains of their own."""
FAILED = outbox.c.ended == literal_column(f"'{GIVEN_UP}'")
Index(
    "outbox_due",
    outbox.c.app_token,
    outbox.c.next_try,
    outbox.c.row,
    sqlite_where=WAITING,
    postgresql_where=WAITING,
)
LINE, CARD = "line", "card"
CARDS = outbox.c.kind == literal_column(f"'{CARD}'")
# How many cards a person got on a day is asked with every round that tells something.
Index(
    "outbox_cards",
    outbox.c.app_token,
    outbox.c.target,
    outbox.c.not_before,
    sqlite_where=CARDS,
    postgresql_where=CARDS,
)
Index("outbox_batch", outbox.c.app_token, outbox.c.batch, sqlite_where=WAITING, postgresql_where=WAITING)
Index("outbox_failed", outbox.c.app_token, sqlite_where=FAILED, postgresql_where=FAILED)

notices = Table(
    "notices",
    METADATA,
    Column("app_token", Text, primary_key=True),
    Column("identity", Words, primary_key=True),
)

numbers = Table(
    "numbers",
    METADATA,
    Column("app_token", Text, primary_key=True),
    Column("scope", Words, primary_key=True),
    Column("identity", Words, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Unique("app_token", "scope", "number", name="numbers_once"),
)

facts = Table(
    "facts",
    METADATA,
    Column("app_token", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("fact", Document, nullable=False),
)
FACT = ("app_token", "name")

claims = Table(
    "claims",
    METADATA,
    Column("row", ROW_NUMBER, primary_key=True),
    Column("app_token", Text, nullable=False),
    Column("job", Text, nullable=False),
    Column("slot", Text, nullable=False),
    Unique("app_token", "job", "slot", name="claims_once"),
    sqlite_autoincrement=True,
)

leases = Table(
    "leases",
    METADATA,
    Column("app_token", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("expires", Double, nullable=False),
)

edits = Table(
    "edits",
    METADATA,
    Column("row", ROW_NUMBER, primary_key=True),
    Column("app_token", Text, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("was", Document),
    Column("became", Document),
    Column("operator", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by_rule", Boolean, nullable=False),
    Unique("app_token", "event_id", "record_id", "field", name="edits_once"),
    sqlite_autoincrement=True,
)
Index("edits_at", edits.c.app_token, edits.c.at)
Index("edits_old", edits.c.at)

call_meter = Table(
    "calls",
    METADATA,
    Column("month", Text, primary_key=True),
    Column("endpoint", Text, primary_key=True),
    Column("calls", BigInteger, nullable=False),
)
