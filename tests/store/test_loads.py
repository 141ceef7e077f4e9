"""How much each owner has to do is counted in the database."""

from hashlib import sha256

from sqlalchemy import create_engine, text

from feishu_plugin.ports import Settlement
from feishu_plugin.store import Store
from tests.store.samples import BASE, state

TABLE = "requirement"


def keep(store: Store, table: str = TABLE, **owners: tuple[str, ...]) -> None:
    states = {(table, rid): state(rid, rid.split("_")[0], owner=who or None) for rid, who in owners.items()}
    store.settle(BASE, Settlement(accepted=states))


def test_open_records_are_counted_by_owner(store: Store) -> None:
    keep(store, pending_1=("ou_li",), testing_2=("ou_li", "ou_han"), closed_3=("ou_li",), pending_4=())

    assert store.loads(BASE, TABLE, {"closed", "void"}) == {"ou_li": 2, "ou_han": 1}
    assert store.loads("bascnOther", TABLE, ()) == {}


def test_a_new_owner_takes_the_load_over(store: Store) -> None:
    keep(store, pending_1=("ou_li",))
    keep(store, pending_1=("ou_han",))

    assert store.loads(BASE, TABLE, ()) == {"ou_han": 1}


def test_a_record_that_belongs_to_everybody_is_stored_and_survives_an_upgrade(url: str) -> None:
    """An index of PostgreSQL refuses long entries."""
    everybody = tuple(f"ou_{sha256(str(n).encode()).hexdigest()[:32]}" for n in range(300))
    store = Store(url)
    keep(store, pending_1=everybody)
    store.close()
    step_back(url)

    store = Store(url)
    assert store.accepted(BASE, TABLE, ["pending_1"])["pending_1"].record.get("owner") == everybody
    assert store.loads(BASE, TABLE, ())[everybody[0]] == 1
    store.close()


def test_records_accepted_before_the_count_existed_are_counted(url: str) -> None:
    store = Store(url)
    both = ("ou_li", "ou_han")
    keep(store, pending_0=both, pending_1=both, pending_2=both, testing_1=())
    store.close()
    step_back(url)

    store = Store(url)
    assert store.loads(BASE, TABLE, ()) == {"ou_li": 3, "ou_han": 3}
    store.close()


def step_back(url: str) -> None:
    """The schema before, with every row in place."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        for statement in _BACK:
            connection.execute(text(statement))
    engine.dispose()


_BACK = (
    "DROP INDEX accepted_customer",
    "ALTER TABLE accepted DROP COLUMN customer",
    "ALTER TABLE accepted DROP COLUMN score",
    "DROP INDEX outbox_cards",
    "DROP TABLE edits",
    "DROP TABLE bands",
    "DROP TABLE prints",
    "DROP INDEX accepted_load",
    "ALTER TABLE accepted DROP COLUMN owners",
    "CREATE INDEX accepted_status ON accepted (app_token, table_key, status)",
    "UPDATE alembic_version SET version_num = '0002'",
)
"""Leads back to the schema before."""
