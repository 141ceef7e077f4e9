"""Opens the database and its transactions, the same way on SQLite and PostgreSQL; knows no table.

SQLite: WAL, ``synchronous=FULL`` (what was acknowledged survives a power cut), and BEGIN
IMMEDIATE for writers, so that no transaction has to be given up half-way. PostgreSQL:
read committed, and an advisory lock for each name a writer gives.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from hashlib import sha256
from itertools import islice
from pathlib import Path
from threading import Event, Lock
from time import monotonic
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, QueuePool, Table, create_engine, event, func, make_url, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError

from feishu_plugin.errors import SettingsError, StoreError
from feishu_plugin.language import Phrase

Insert = sqlite.Insert | postgresql.Insert
T = TypeVar("T")

SETTING = "FEISHU_PLUGIN_DATABASE"
_URLS = "sqlite:////absolute/file", "postgresql://user:password@host:5432/database"
_FORMS = Phrase(f"文件名、{_URLS[0]} 或 {_URLS[1]}", f"a file name, {_URLS[0]} or {_URLS[1]}")
_MISTYPED = re.compile(r":.*@|^postgres", re.IGNORECASE)
"""A URL without ``://``: taken for a file, it would be shown, and it may hold a password."""
_BUSY_S = 10
"""How long a writer waits for another process; Feishu pushes again after 3 s anyway."""
_CHUNK = 500
_TOO_LARGE = "54"
"""PostgreSQL's class of errors for a value that fits nowhere: that row is to blame, not the database."""


class Database:
    """An open database of either kind, shared by all threads of one process.

    ``crossing`` is told of every commit, right before and right after it (``before settle``).
    """

    def __init__(self, engine: Engine, crossing: Callable[[str], None] | None = None) -> None:
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._engine = engine
        self._writer = _writing(engine)
        # Threads queue here: SQLite's own waiting is polling, with pauses of up to 0.1 s.
        self._turn: AbstractContextManager[Any] = Lock() if self.is_sqlite else nullcontext()
        self._crossing = crossing or (lambda boundary: None)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for queries; StoreError when the database cannot be used now."""
        with _trouble(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self, purpose: str, *names: str) -> Iterator[Connection]:
        """A transaction; writers that give an equal name run one after the other.

        On SQLite all writers do. Names are locked in sorted order, so that no two writers
        wait for each other. ``purpose`` says what is stored, for whoever watches the commits.
        StoreError when the database cannot be used now: nothing is stored then.
        """
        with _trouble(), self._turn, self._writer.begin() as connection:
            if not self.is_sqlite:
                for name in sorted(set(names)):
                    connection.execute(select(func.pg_advisory_xact_lock(_lock_number(name))))
            yield connection
            self._crossing(f"before {purpose}")
        self._crossing(f"after {purpose}")

    def insert(self, table: Table) -> Insert:
        """An INSERT that knows ON CONFLICT."""
        return _insert(table, self.is_sqlite)

    def insert_new(self, table: Table) -> Insert:
        """An INSERT that leaves alone what is there already."""
        return _insert_new(table, self.is_sqlite)

    def upsert(self, table: Table, keys: tuple[str, ...], *changed: str) -> Insert:
        """An INSERT that writes the ``changed`` columns of the row that has these keys already."""
        return _upsert(table, self.is_sqlite, keys, changed)

    def close(self) -> None:
        """Closes every connection."""
        self._engine.dispose()


def open_database(text: str, crossing: Callable[[str], None] | None = None) -> Database:
    """Opens the database of a URL or file name; SettingsError says what is wrong with it."""
    url = _parse(text)
    engine = _sqlite_engine(url) if url.drivername == "sqlite" else _postgresql_engine(url)
    try:
        _check(engine)
    except DBAPIError as error:
        engine.dispose()
        raise _cannot_open(url, error) from error
    except SettingsError:
        engine.dispose()
        raise
    return Database(engine, crossing)


def sqlite_file(text: str) -> Path | None:
    """The file of a SQLite database; None for one in memory, or on a server."""
    url = _parse(text)
    named = url.drivername == "sqlite" and url.database not in (None, "", ":memory:")
    return Path(str(url.database)) if named else None


def postgres_address(text: str) -> str:
    """Options for PostgreSQL's own programs, without the password; empty for SQLite."""
    url = _parse(text)
    if url.drivername == "sqlite":
        return ""
    options = {"host": url.host, "port": url.port, "username": url.username, "dbname": url.database}
    return " ".join(f"--{name}={value}" for name, value in options.items() if value)


def in_chunks(items: Sequence[T]) -> Iterator[list[T]]:
    """The items in lists that fit into one statement."""
    source = iter(items)
    while chunk := list(islice(source, _CHUNK)):
        yield chunk


# Putting a statement together takes SQLAlchemy longer than running it: each is made once.
@cache
def _insert(table: Table, is_sqlite: bool) -> Insert:
    return sqlite.insert(table) if is_sqlite else postgresql.insert(table)


@cache
def _insert_new(table: Table, is_sqlite: bool) -> Insert:
    return _insert(table, is_sqlite).on_conflict_do_nothing()


@cache
def _upsert(table: Table, is_sqlite: bool, keys: tuple[str, ...], changed: tuple[str, ...]) -> Insert:
    insert = _insert(table, is_sqlite)
    news = {column: insert.excluded[column] for column in changed}
    return insert.on_conflict_do_update(index_elements=keys, set_=news)


@contextmanager
def _trouble() -> Iterator[None]:
    """Tells trouble of the whole database from a value that it does not take."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        if str(getattr(error.orig, "sqlstate", "")).startswith(_TOO_LARGE):
            raise
        raise StoreError(
            Phrase(
                f"数据库现在用不了：{reason_of(error)}。请检查磁盘、服务器和锁；什么也没有丢，恢复后会自动继续。",
                f"The database cannot be used now: {reason_of(error)}. Check its disk, "
                "its server and who locks "
                "it; nothing is lost, and work goes on by itself as soon as it can be used.",
            )
        ) from error


def reason_of(error: DBAPIError) -> str:
    """What the database said, on one line."""
    return " ".join(str(error.orig).split())


def _parse(text: str) -> URL:
    if not text.strip():
        raise SettingsError(
            Phrase(f"{SETTING} 是空的；请设为 {_FORMS.zh}", f"{SETTING} is empty; set {_FORMS.en}")
        )
    if "://" not in text:
        if _MISTYPED.search(text):
            raise SettingsError(
                Phrase(
                    f"{SETTING} 既不是数据库地址（缺少 ://）也不是文件；请设为 {_FORMS.zh}",
                    f"{SETTING} is neither a database URL (:// is missing) nor a file; set {_FORMS.en}",
                )
            )
        return URL.create("sqlite", database=str(Path(text).expanduser()))
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # The text is not shown: it may hold a password.
        raise SettingsError(
            Phrase(
                f"{SETTING} 不是数据库地址；请设为 {_FORMS.zh}",
                f"{SETTING} is not a database URL; set {_FORMS.en}",
            )
        ) from None
    kind = url.drivername.partition("+")[0]
    if kind in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if kind == "sqlite":
        return url.set(drivername="sqlite")
    raise SettingsError(
        Phrase(
            f"{SETTING} 用的是 {kind}，不支持；请设为 {_FORMS.zh}",
            f"{SETTING} names {kind}, which is not supported; set {_FORMS.en}",
        )
    )


def _sqlite_engine(url: URL) -> Engine:
    if url.database in (None, "", ":memory:"):
        # For trying things out: one connection is the whole database, so all threads share it.
        options: dict[str, Any] = {"poolclass": QueuePool, "pool_size": 1, "max_overflow": 0}
    else:
        options = {}
    arguments = {"timeout": _BUSY_S, "check_same_thread": False}
    # Bound values are people's rows: they must not show in an error that is logged.
    engine = create_engine(url, connect_args=arguments, hide_parameters=True, **options)
    event.listen(engine, "connect", _prepare_connection)
    event.listen(engine, "begin", _begin)
    return engine


def _postgresql_engine(url: URL) -> Engine:
    timeout = {"connect_timeout": _BUSY_S}
    return create_engine(url, pool_pre_ping=True, connect_args=timeout, hide_parameters=True)


def _prepare_connection(connection: Any, _: object) -> None:
    # None stops Python's sqlite3 from opening transactions by itself; _begin opens them.
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous=FULL").close()


def _begin(connection: Connection) -> None:
    begin = connection.get_execution_options().get("begin", "BEGIN")
    if begin:
        connection.exec_driver_sql(begin)


def _check(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        engine.connect().close()
        return
    mode = _switch_to_wal(engine)
    if mode not in ("wal", "memory"):
        raise SettingsError(
            Phrase(
                f"{engine.url.database} 所在的文件系统没有共享内存（journal mode {mode}）；"
                f"请把 {SETTING} 设为本机磁盘上的文件",
                f"{engine.url.database} is on a file system without shared memory (journal mode {mode}); "
                f"set {SETTING} to a file on a local disk",
            )
        )
    with _writing(engine).connect() as connection:
        # Never committed: a file that can only be read is refused now, not at the first event.
        # BEGIN IMMEDIATE alone is granted on such a file.
        connection.exec_driver_sql("PRAGMA user_version = 0")


def _writing(engine: Engine) -> Engine:
    return engine.execution_options(begin="BEGIN IMMEDIATE")


def _switch_to_wal(engine: Engine) -> str:
    """Needs the file for itself; another process that starts at once may hold it for a moment.

    SQLite does not wait by its busy timeout in every step of the switch, hence the tries.
    """
    give_up_at = monotonic() + _BUSY_S
    while True:
        try:
            return _journal_mode(engine)
        except DBAPIError as error:
            if "locked" not in str(error.orig) or monotonic() > give_up_at:
                raise
            Event().wait(0.02)


def _journal_mode(engine: Engine) -> str:
    with engine.execution_options(begin=None).connect() as connection:
        return str(connection.exec_driver_sql("PRAGMA journal_mode=WAL").scalar())


def _cannot_open(url: URL, error: DBAPIError) -> SettingsError:
    if url.drivername == "sqlite":
        place = url.database
        advice = Phrase(
            "改为当前用户可写、没有被锁住、所在文件夹存在的文件",
            "name a file in a directory that exists, that this user may write and nobody keeps locked",
        )
    else:
        # The query part of a URL may hold a password as well.
        place = url.set(query={}).render_as_string(hide_password=True)
        advice = Phrase(
            "确认服务器在运行，主机、数据库、用户和密码正确",
            "check that the server runs and that host, database, user and password are right",
        )
    return SettingsError(
        Phrase(
            f"打不开数据库 {place}：{reason_of(error)}。请设置 {SETTING}：{advice.zh}。",
            f"Cannot open the database {place}: {reason_of(error)}. Set {SETTING}: {advice.en}.",
        )
    )


def _lock_number(name: str) -> int:
    whole = f"feishu_plugin {name}".encode("utf-8", "surrogatepass")  # a name may hold what people typed
    return int.from_bytes(sha256(whole).digest()[:8], signed=True)
