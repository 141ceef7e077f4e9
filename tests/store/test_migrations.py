"""The migrations make the tables the code uses, and they are shipped."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from feishu_plugin.errors import SettingsError
from feishu_plugin.store import Store
from feishu_plugin.store.tables import HEAD, METADATA
from feishu_plugin.store.upgrade import MIGRATIONS


@pytest.fixture
def connection(store: Store, url: str) -> Iterator[Connection]:
    """A plain connection to a migrated database."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_migrations_and_tables_agree(connection: Connection) -> None:
    context = MigrationContext.configure(connection, opts={"compare_type": True})

    assert compare_metadata(context, METADATA) == []


def test_partial_indexes_agree(connection: Connection) -> None:
    """Alembic does not compare the condition of an index."""
    columns = {"sqlite": "name, sql FROM sqlite_master", "postgresql": "indexname, indexdef FROM pg_indexes"}
    rows = connection.execute(text(f"SELECT {columns[connection.dialect.name]}")).all()

    found = {name: sql.partition(" WHERE ")[2].strip("()").split("::")[0] for name, sql in rows if sql}
    wanted = {
        str(index.name): str(index.dialect_options["sqlite"]["where"]).partition(".")[2]
        for table in METADATA.tables.values()
        for index in table.indexes
        if index.dialect_options["sqlite"]["where"] is not None
    }
    assert wanted == {name: found[name] for name in wanted}


def test_the_code_knows_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_a_database_of_a_newer_version_is_refused(store: Store, url: str, connection: Connection) -> None:
    connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    connection.commit()

    with pytest.raises(SettingsError, match="has schema 9999, this program knows schemas up to"):
        Store(url)
