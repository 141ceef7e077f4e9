"""Values that a shell completes: few enough to be listed, and known without asking Feishu.

Each takes what was typed so far and answers the values that begin with it. Trouble completes nothing:
a shell has no place for an error.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from feishu_plugin.errors import PluginError

_MONTHS = 13


def months(incomplete: str) -> list[str]:
    """The last thirteen months, quarters and years, the newest first."""
    from feishu_plugin.app.clocks import SystemClock

    day, found = SystemClock().now().date(), []
    for _ in range(_MONTHS):
        found.append(f"{day:%Y-%m}")
        day = day.replace(day=1) - timedelta(days=1)
    quarters = [f"{one[:4]}-Q{(int(one[5:]) + 2) // 3}" for one in found]
    return _begin([*found, *dict.fromkeys(quarters), *dict.fromkeys(one[:4] for one in found)], incomplete)


def figures(incomplete: str) -> list[str]:
    """Keys of the month's figures."""
    from feishu_plugin.reports.measures import MEASURES

    return _begin((one.key for one in MEASURES), incomplete)


def notices(incomplete: str) -> list[str]:
    """Keys of the notices that have templates."""
    return _begin((str(row["event"]) for row in _packaged("template") if row.get("event")), incomplete)


def parameters(incomplete: str) -> list[str]:
    """``key=`` of the parameters of the rules."""
    return _begin((f"{row['key']}=" for row in _packaged("parameter") if row.get("key")), incomplete)


def tables(incomplete: str) -> list[str]:
    """Keys of the tables of the schema."""
    from feishu_plugin import schema

    return _begin(schema.load().by_key, incomplete)


def columns(incomplete: str) -> list[str]:
    """Columns of the register, by their names."""
    from feishu_plugin import schema

    return _begin((one.zh for one in schema.load().table("requirement").fields), incomplete)


def bases(incomplete: str) -> list[str]:
    """The bases that the settings name."""
    from feishu_plugin import settings

    try:
        return _begin(settings.load().base_tokens, incomplete)
    except PluginError:
        return []


def _packaged(table: str) -> Sequence[dict[str, object]]:
    from feishu_plugin import schema
    from feishu_plugin.packaged import packaged_rows

    return [dict(row) for row in packaged_rows(schema.load()).get(table, ())]


def _begin(values: Iterable[str], incomplete: str) -> list[str]:
    return [one for one in dict.fromkeys(values) if one.startswith(incomplete)]
