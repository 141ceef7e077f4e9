"""The custom reports of a base at a report run: which can be written, and where to."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from feishu_plugin.policy import Policy
from feishu_plugin.ports import Tables
from feishu_plugin.reports.custom import sound
from feishu_plugin.reports.custom_tables import taken, widened
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.outgoing import tell_administrator
from feishu_plugin.sync.structure.custom import make


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomReports:
    """The base with the tables of its custom reports, and the policy with only those that can be written."""

    tables: Tables
    policy: Policy
    prepare: Callable[[], None] = lambda: None
    """Makes what is missing; afterwards ``troubles`` says what could not be made."""
    troubles: list[str] = field(default_factory=list)

    def tell(self, desk: Desk) -> None:
        """One card to the administrators about what could not be made; the same is told once."""
        if self.troubles:
            tell_administrator(desk, "custom_reports", f"报表定义 custom reports：{'；'.join(self.troubles)}")


def custom_reports(desk: Desk) -> CustomReports:
    """Looks at the base once more, but only when there is a definition that makes sense."""
    definitions, extension = sound(desk.policy.definitions), desk.extension
    if not definitions or extension is None:
        return CustomReports(tables=desk.tables, policy=replace(desk.policy, definitions=()))
    named = taken(definitions, desk.tables.live)
    usable = tuple(one for one in definitions if one not in named)
    schema, troubles = widened(desk.schema, usable), list[str]()
    tables = extension.tables(schema)
    return CustomReports(
        tables=tables,
        policy=replace(desk.policy, definitions=usable),
        prepare=lambda: troubles.extend(make(extension.base, tables, schema)),
        troubles=troubles,
    )
