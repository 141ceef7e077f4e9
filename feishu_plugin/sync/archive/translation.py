"""The ids of an archive as those of the base it is restored into."""

from feishu_plugin.records import Value, Values
from feishu_plugin.schema import Table
from feishu_plugin.sync.archive.journal import Journal
from feishu_plugin.sync.archive.rows import files, links


def translated(table: Table, values: Values, journal: Journal) -> dict[str, Value]:
    """The links and files of a row as they are in the new base; what is not there is left out."""
    found: dict[str, Value] = {}
    for key, ids in links(table, values).items():
        made = journal.made.get(table.field(key).table or "", {})
        found[key] = tuple(made[id] for id in ids if id in made)
    for key, tokens in files(table, values).items():
        found[key] = tuple(journal.files[token] for token in tokens if token in journal.files)
    return {key: value for key, value in found.items() if value}
