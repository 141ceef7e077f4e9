"""What every part of the store is given; holds no behaviour of its own."""

from feishu_plugin.store.engine import Database


class Part:
    """One concern of the store, on the shared database."""

    def __init__(self, database: Database) -> None:
        self._database = database
