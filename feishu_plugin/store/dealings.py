"""How many requirements each customer had, counted in the database; reads no state."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from feishu_plugin.rules.dealings import Dealings
from feishu_plugin.store.columns import storable
from feishu_plugin.store.engine import in_chunks
from feishu_plugin.store.part import Part
from feishu_plugin.store.tables import WITH_CUSTOMER, accepted


class StoredDealings(Part):
    """Reads only."""

    def dealings(
        self,
        app_token: str,
        table: str,
        over: str,
        without: Collection[str],
        customers: Collection[str] | None = None,
    ) -> Mapping[str, Dealings]:
        """record_id of a customer to their figures; of all customers, or of those named.

        Records of ``table`` are open unless in ``without``'s statuses, those of the table ``over`` never.
        """
        found: dict[str, Dealings] = defaultdict(Dealings)
        for row in self._counted(app_token, (table, over), customers):
            is_open = row.table_key == table and row.status not in without
            found[row.customer] += Dealings(
                had=row.had, open=row.had if is_open else 0, rated=row.rated, points=row.points or 0.0
            )
        return dict(found)

    def _counted(
        self, app_token: str, tables: Collection[str], customers: Collection[str] | None
    ) -> Iterator[Row[Any]]:
        group = (accepted.c.customer, accepted.c.table_key, accepted.c.status)
        score = accepted.c.score
        query = (
            select(*group, func.count().label("had"), func.count(score).label("rated"))
            .add_columns(func.sum(score).label("points"))
            .where(accepted.c.app_token == app_token, accepted.c.table_key.in_(tables))
            .group_by(*group)
        )
        with self._database.reading() as connection:
            for which in _chosen(customers):
                yield from connection.execute(query.where(*which)).all()


def _chosen(customers: Collection[str] | None) -> Iterator[tuple[ColumnElement[bool], ...]]:
    if customers is None:
        yield (WITH_CUSTOMER,)
        return
    # Without IS NOT NULL, which SQLite would search by instead.
    for chunk in in_chunks([storable(one) for one in customers]):
        yield (accepted.c.customer.in_(chunk),)
