"""plan and apply: the schema file against a live base, and the packaged rules into empty tables."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feishu_plugin import schema as schemas
from feishu_plugin.errors import FeishuRefused
from feishu_plugin.language import Phrase, counted
from feishu_plugin.packaged import packaged_rows
from feishu_plugin.schema import Schema
from feishu_plugin.settings import Settings
from feishu_plugin.sync import seed
from feishu_plugin.sync.structure.apply import Applied, Consent, OnStep, apply
from feishu_plugin.sync.structure.changes import Change
from feishu_plugin.sync.structure.live import Base, Live, look
from feishu_plugin.sync.structure.lost import lost_columns
from feishu_plugin.sync.structure.plan import Plan
from feishu_plugin.sync.structure.remembered import Remembered

if TYPE_CHECKING:
    from feishu_plugin.gateway.http import Feishu

# What calls Feishu is imported where it is needed: `plan --offline` calls nobody and starts at once.

ZONE = "Asia/Shanghai"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provisioned:
    """The base after ``apply``."""

    base_token: str
    url: str
    applied: Applied
    seeded: Mapping[str, int]
    """Rows put into empty policy tables, by table."""
    created: bool
    shared: tuple[str, ...] = ()
    """open_ids of the administrators who were given full access to a new base."""
    not_shared: Mapping[str, str] = field(default_factory=dict)
    """open_id to Feishu's reason for those who were not."""
    saved: str = ""
    """The file with the cells that were lost by consent."""
    not_subscribed: str = ""
    """Feishu's reason when it does not send this base's events; empty when it does."""

    @property
    def data(self) -> dict[str, Any]:
        """``{"base_token", "url", "created", "tables": {key: table_id}, "changes", "failed", "seeded"}``."""
        return {
            "base_token": self.base_token,
            "url": self.url,
            "created": self.created,
            "tables": dict(self.applied.tables),
            "changes": [change.data for change in self.applied.done],
            "failed": [{**one.change.data, "reason": one.reason} for one in self.applied.failed],
            "seeded": dict(self.seeded),
            "shared": list(self.shared),
            "not_shared": dict(self.not_shared),
            "skipped": [change.data for change in self.applied.skipped],
            "subscribed": not self.not_subscribed,
            "saved": self.saved,
        }

    @property
    def text(self) -> str:
        """What was done, what was not, and what to do next."""
        token = self.base_token
        after = Phrase(
            f"下一步：设置 FEISHU_BASE_TOKEN={token}，再运行 `feishu-plugin serve`",
            f"next: set FEISHU_BASE_TOKEN={token} and run `feishu-plugin serve`",
        )
        return "\n".join([*self.lines, str(after)] if self.created else self.lines)

    @property
    def lines(self) -> list[str]:
        """What was done and what was not."""
        count = len(self.applied.done)
        lines = [f"{self.base_token}  {self.url}"] if self.created else []
        # A plan counts a new table once; here each of its columns and views was a step.
        lines.append(str(Phrase(f"已完成 {count} 步", f"{counted(count, 'step')} done")))
        return [*lines, *(f"  {line}" for line in self._details())]

    def _details(self) -> Iterator[Phrase | Change]:
        for table, rows in self.seeded.items():
            yield Phrase(f"{table}：写入默认规则 {rows} 行", f"{table}: {counted(rows, 'default row')}")
        for failure in self.applied.failed:
            yield Phrase(f"未完成 {failure}", f"NOT DONE {failure}")
        yield from self.applied.skipped
        if self.saved:
            yield Phrase(f"丢失前已导出：{self.saved}", f"exported before it was lost: {self.saved}")
        if why := self.not_subscribed:
            yield Phrase(f"没有订阅到事件：{why}", f"NOT SUBSCRIBED to its events: {why}")
        for open_id in self.shared:
            yield Phrase(f"已共享给 {open_id}", f"shared with {open_id}")
        for open_id, why in self.not_shared.items():
            yield Phrase(f"没能共享给 {open_id}：{why}", f"NOT SHARED with {open_id}: {why}")
        if self.created and not self.shared:
            yield Phrase(
                "现在只有应用自己看得到：请在 apply 之前设置 FEISHU_PLUGIN_ADMINISTRATORS",
                "nobody but the app sees it yet: set FEISHU_PLUGIN_ADMINISTRATORS before apply",
            )


def plan_base(settings: Settings | None, app_token: str | None, allowed: Set[str] = frozenset()) -> Plan:
    """What ``apply`` would change; without a base, everything (no call to Feishu)."""
    schema = schemas.load(settings.schema_file if settings else None)
    if settings is None or app_token is None:
        return Plan.of(schema, Live())
    from feishu_plugin.app.compose import gateway

    with opened_base(settings, gateway(settings), app_token) as base:
        plan = Plan.of(schema, look(base, schema), allowed)
    plan.raise_if_unknown(allowed)
    return plan


def provision(
    settings: Settings,
    app_token: str | None,
    base_name: str | None,
    allowed: Set[str] = frozenset(),
    on_step: OnStep | None = None,
    on_created: Callable[[str], None] = lambda app_token: None,
) -> Provisioned:
    """Creates the base when there is none, applies the schema and fills empty policy tables.

    ``on_created`` is told the token of a new base before anything else is done with it.
    """
    from feishu_plugin.app.compose import administrators, gateway
    from feishu_plugin.gateway.sharing import share
    from feishu_plugin.gateway.structure import create_base

    schema = schemas.load(settings.schema_file)
    feishu = gateway(settings)
    url = f"{settings.base_url}/base/{app_token}"
    created = app_token is None
    if app_token is None:
        app_token, url = create_base(feishu, base_name or schema.base.zh, ZONE)
        on_created(app_token)
    people = administrators(feishu, settings) if created else ()
    refused = share(feishu, app_token, people)
    saving = _Saving(settings, feishu, schema, app_token)
    consent = Consent(paths=allowed, before=saving.save)
    with opened_base(settings, feishu, app_token, new=created) as base:
        applied = apply(base, schema, new_base=created, consent=consent, on_step=on_step)
    # A tenant may forbid a form's link for outsiders: that keeps nobody from working.
    incomplete = any(failure.change.what != "form" for failure in applied.failed)
    seeded = {} if incomplete else _seed(feishu, schema, app_token)
    return Provisioned(
        base_token=app_token,
        url=url,
        applied=applied,
        seeded=seeded,
        created=created,
        shared=tuple(person for person in people if person not in refused),
        not_shared=refused,
        not_subscribed=_subscribe(feishu, schema, app_token),
        saved=saving.file,
    )


class _Saving:
    """Exports the cells that destructive changes would cost, before the first of them."""

    def __init__(self, settings: Settings, feishu: "Feishu", schema: Schema, app_token: str) -> None:
        self.settings, self.feishu, self.schema, self.app_token = settings, feishu, schema, app_token
        self.file = ""

    def save(self, live: Live, changes: Sequence[Change]) -> None:
        """Writes ``lost-BASE-TIME.zip`` into the working directory; raises when it cannot."""
        from feishu_plugin.app.archive import export_lost
        from feishu_plugin.app.clocks import clock_for

        wanted = lost_columns(self.schema, live, changes)
        if wanted:
            now = clock_for(self.settings, None).now()
            file = Path(f"lost-{self.app_token}-{now:%Y%m%dT%H%M%S}.zip")
            export_lost(self.feishu, self.schema, self.app_token, live.tables, wanted, file, now)
            self.file = str(file)


@contextmanager
def opened_base(settings: Settings, feishu: "Feishu", app_token: str, *, new: bool = False) -> Iterator[Base]:
    """The base with what the store remembers of its ids."""
    from feishu_plugin.gateway.extras import BaseExtras
    from feishu_plugin.gateway.structure import BaseStructure
    from feishu_plugin.store.store import Store

    store = Store(settings.database)
    try:
        yield Base(
            structure=BaseStructure(feishu, app_token, new=new),
            extras=BaseExtras(feishu, app_token),
            identities=Remembered(store, app_token),
        )
    finally:
        store.close()


def _subscribe(feishu: "Feishu", schema: Schema, app_token: str) -> str:
    """Asks for the base's events; Feishu's reason when it refuses."""
    from feishu_plugin.gateway.tables import BaseTables

    try:
        BaseTables(feishu, schema, app_token).subscribe()
    except FeishuRefused as error:
        return str(error)
    return ""


def _seed(feishu: "Feishu", schema: Schema, app_token: str) -> Mapping[str, int]:
    from feishu_plugin.gateway.tables import BaseTables

    tables = BaseTables(feishu, schema, app_token, new=True)
    tables.rebind()
    return seed.fill(tables, packaged_rows(schema))
