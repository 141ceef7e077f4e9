"""What each customer had is counted in the database: of both tables, by status, with scores."""

from sqlalchemy import create_engine

from feishu_plugin.ports import Settlement
from feishu_plugin.records import Value
from feishu_plugin.rules.dealings import Dealings
from feishu_plugin.store import Store
from tests.store.samples import BASE, state
from tests.store.test_loads import step_back

TABLE, OVER = "requirement", "requirement:archived"
ENDED = {"done", "closed"}


def keep(store: Store, rid: str, status: str = "pending", table: str = TABLE, **values: Value) -> None:
    store.settle(BASE, Settlement(accepted={(table, rid): state(rid, status, **values)}))


def fill(store: Store) -> None:
    star, north = ("recStar",), ("recNorth",)
    keep(store, "r1", customer=star)
    keep(store, "r2", "closed", customer=star, score=4.0)
    keep(store, "r3", "done", customer=star, score=3.0)
    keep(store, "r4", "closed", OVER, customer=star, score=5.0)
    keep(store, "r5", "in_progress", OVER, customer=north)
    keep(store, "r6")
    keep(store, "r7", table="requirement:deleted", customer=north)


FIGURES = {
    "recStar": Dealings(had=4, open=1, rated=3, points=12.0),
    "recNorth": Dealings(had=1, open=0),
}


def test_customers_are_counted_over_both_tables(store: Store) -> None:
    fill(store)

    assert store.dealings(BASE, TABLE, OVER, ENDED) == FIGURES
    assert store.dealings(BASE, TABLE, OVER, ENDED, {"recNorth", "recOther"}) == {
        "recNorth": FIGURES["recNorth"]
    }
    assert store.dealings("bascnOther", TABLE, OVER, ENDED) == store.dealings(BASE, TABLE, OVER, (), ()) == {}


def test_another_customer_another_status_and_another_table_move_the_figures(store: Store) -> None:
    fill(store)
    keep(store, "r1", "closed", customer=("recNorth",), score=1.0)
    states = {(OVER, "r1"): state("r1", "closed", customer=("recNorth",), score=1.0)}
    store.settle(BASE, Settlement(accepted=states, forgotten=[(TABLE, "r1")]))

    found = store.dealings(BASE, TABLE, OVER, ENDED)

    assert found["recStar"] == Dealings(had=3, open=0, rated=3, points=12.0)
    assert found["recNorth"] == Dealings(had=2, open=0, rated=1, points=1.0)


def test_states_from_before_the_count_existed_are_counted(url: str) -> None:
    store = Store(url)
    fill(store)
    store.close()
    step_back(url)

    store = Store(url)
    assert store.dealings(BASE, TABLE, OVER, ENDED) == FIGURES
    store.close()


def test_a_few_customers_are_found_without_reading_all_states(url: str, store: Store) -> None:
    if not url.startswith("sqlite"):
        return  # PostgreSQL plans by its statistics: a small table is read as a whole
    query = (
        "EXPLAIN QUERY PLAN SELECT customer, table_key, status, count(*), sum(score) FROM accepted "
        "WHERE app_token = ? AND table_key IN (?, ?) AND customer IN (?, ?) "
        "GROUP BY customer, table_key, status"
    )
    with create_engine(url).connect() as connection:
        rows = connection.exec_driver_sql(query, ("b", TABLE, OVER, "recStar", "recNorth"))
        plan = " ".join(str(row.detail) for row in rows)

    assert "COVERING INDEX accepted_customer (app_token=? AND customer=?" in plan
