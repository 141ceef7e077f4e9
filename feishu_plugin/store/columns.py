"""Column types that mean the same on SQLite and PostgreSQL; knows no table."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Float, Integer, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

from feishu_plugin.store import values_json

ROW_NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows only in a column that is called INTEGER."""


class Moment(TypeDecorator[datetime]):
    """An aware instant: ``timestamptz`` on PostgreSQL, sortable UTC text on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses naive datetimes: they would mean another instant on another machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError(f"{value!r} has no time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The instant in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Document(TypeDecorator[Any]):
    """A value of ``values_json`` as text; None is NULL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Packs the value."""
        return None if value is None else values_json.dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Unpacks the value."""
        return None if value is None else values_json.loads(value)


class Words(TypeDecorator[str]):
    """Text for people, such as a cause: what no database can hold is shown as an escape."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Escapes NUL and lone surrogates."""
        return None if value is None else storable(value)


def storable(text: str) -> str:
    """The text with NUL and lone surrogates, which no database can hold, shown as escapes."""
    return text.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode("utf-8")


class DatabaseSeconds(FunctionElement[float]):
    """Seconds since 1970 by the database's clock, at this statement and not at its transaction."""

    type = Float()
    inherit_cache = True


@compiles(DatabaseSeconds, "sqlite")
def _sqlite_seconds(element: DatabaseSeconds, compiler: SQLCompiler, **options: Any) -> str:
    # unixepoch('subsec') needs SQLite 3.42; Debian 12 and RHEL 9 have older ones.
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(DatabaseSeconds, "postgresql")
def _postgresql_seconds(element: DatabaseSeconds, compiler: SQLCompiler, **options: Any) -> str:
    # now() is the start of the transaction, which may have waited for a lock since.
    return "extract(epoch from clock_timestamp())::double precision"
