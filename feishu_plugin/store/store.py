"""The store as the app sees it: one object for the ports Inbox, Work, Outbox and Memory."""

from collections.abc import Callable

from feishu_plugin.store.dealings import StoredDealings
from feishu_plugin.store.engine import open_database
from feishu_plugin.store.inbox import StoredInbox
from feishu_plugin.store.memory import StoredMemory
from feishu_plugin.store.morning import StoredMornings
from feishu_plugin.store.outbox import StoredOutbox
from feishu_plugin.store.settle import StoredSettlements
from feishu_plugin.store.upgrade import upgrade
from feishu_plugin.store.upkeep import StoreUpkeep
from feishu_plugin.store.waiting import StoredWaiting
from feishu_plugin.store.work import StoredWork


class Store(
    StoredInbox,
    StoredWork,
    StoredSettlements,
    StoredDealings,
    StoredMornings,
    StoredOutbox,
    StoredMemory,
    StoredWaiting,
    StoreUpkeep,
):
    """Durable state of every base in one database; safe for threads and for several processes.

    ``url`` is a file name, ``sqlite:////absolute/file`` or
    ``postgresql://user:password@host:5432/database``; ``sqlite://`` alone keeps everything
    in memory, for trying things out. Raises SettingsError when it cannot be opened. Every
    process makes its own Store; one that was forked must not use its parent's. ``crossing``
    is called with ``before …`` and ``after …`` around every commit.
    """

    def __init__(self, url: str, crossing: Callable[[str], None] | None = None) -> None:
        database = open_database(url, crossing)
        try:
            upgrade(database)
        except BaseException:
            database.close()
            raise
        super().__init__(database)

    def close(self) -> None:
        """Closes every connection; the object cannot be used afterwards."""
        self._database.close()
