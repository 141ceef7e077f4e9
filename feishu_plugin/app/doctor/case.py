"""What all checks look at: the settings, an impatient way to Feishu, the store as far as it can be used."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from feishu_plugin import schema as schemas
from feishu_plugin.app.clocks import clock_for
from feishu_plugin.app.compose import administrators, gateway
from feishu_plugin.app.meter import CallMeter
from feishu_plugin.errors import FeishuRefused, SettingsError, StoreError
from feishu_plugin.gateway import application
from feishu_plugin.gateway.http import Feishu, Patience
from feishu_plugin.gateway.shown import Shown, shown
from feishu_plugin.gateway.tables import BaseTables
from feishu_plugin.language import Phrase
from feishu_plugin.packaged import POLICY_TABLES
from feishu_plugin.policy import Policy
from feishu_plugin.policy_rows import compile_policy, packaged_policy
from feishu_plugin.ports import Clock
from feishu_plugin.schema import Schema
from feishu_plugin.settings import Settings
from feishu_plugin.store.looking import StoreFacts, look_at
from feishu_plugin.store.store import Store
from feishu_plugin.sync.policy_source import live_rows, live_statuses, with_packaged
from feishu_plugin.sync.structure.remembered import Recalled

HASTE = Patience(timeout_s=(3.0, 6.0), most_tries=2)
"""Whoever asks how things stand wants to know now."""


@dataclass(kw_only=True)
class Case:
    """One run of ``doctor``; what was asked once is not asked again."""

    settings: Settings
    clock: Clock
    feishu: Feishu
    store_facts: StoreFacts | SettingsError | StoreError
    """How the database stands, or why it cannot be used."""
    store: Store | None
    """None while the database cannot be used as it is."""
    meter: CallMeter | None
    away: Phrase | None = None
    """Why Feishu gives no answer: then nobody asks it again."""
    _tables: dict[str, BaseTables] = field(default_factory=dict)
    _policies: dict[str, Policy] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """The instant, by the clock of the settings."""
        return self.clock.now()

    @cached_property
    def schema(self) -> Schema:
        """What the base should hold."""
        return schemas.load(self.settings.schema_file)

    @cached_property
    def scopes(self) -> application.Scopes:
        """What the tenant granted; raises what Feishu refused with."""
        return application.scopes(self.feishu)

    def tables(self, app_token: str) -> BaseTables:
        """The records of a base; what people renamed is known by what the store remembers."""
        if app_token not in self._tables:
            known = Recalled(self.store, app_token) if self.store else None
            found = BaseTables(self.feishu, self.schema, app_token, identities=known)
            self._tables[app_token] = found
        return self._tables[app_token]

    def policy(self, app_token: str) -> Policy:
        """The rules as they stand in the base; the packaged ones where a row makes no sense."""
        if app_token not in self._policies:
            self._policies[app_token] = self._read_policy(app_token)
        return self._policies[app_token]

    def _read_policy(self, app_token: str) -> Policy:
        tables = self.tables(app_token)
        if not set(POLICY_TABLES) & set(tables.binding.tables):
            return packaged_policy(self.schema)
        rows = with_packaged(live_rows(tables), self.schema)
        return compile_policy(rows, self.schema, live_statuses(tables)).policy or packaged_policy(self.schema)

    @cached_property
    def readable_bases(self) -> Sequence[str]:
        """The bases whose rules the app can read; why not is the business of the check of bases."""
        return [one for one in self.settings.base_tokens if not self.away and self._is_readable(one)]

    def _is_readable(self, app_token: str) -> bool:
        try:
            self.policy(app_token)
        except FeishuRefused:
            return False
        return True

    @cached_property
    def administrators(self) -> Sequence[str]:
        """open_ids of those the settings name and Feishu finds."""
        return administrators(self.feishu, self.settings)

    @cached_property
    def people(self) -> Sequence[Shown]:
        """Administrators, and whoever 分派规则 names, as the app is shown them."""
        named = [
            open_id
            for token in self.readable_bases
            for route in self.policy(token).routes
            for open_id in (*route.owners, *route.backup, *route.managers)
        ]
        return [shown(self.feishu, one) for one in dict.fromkeys([*self.administrators, *named])]

    @property
    def worked_on(self) -> bool:
        """True while a running service holds the lease of a base."""
        store = self.store
        return store is not None and any(store.lease_of(one) for one in self.settings.base_tokens)


@contextlib.contextmanager
def opened(settings: Settings) -> Iterator[Case]:
    """A case of these settings. A database that is missing, broken or old is left as it is."""
    facts = _facts(settings)
    is_usable = isinstance(facts, StoreFacts) and facts.is_current
    store = Store(settings.database) if is_usable else None
    clock = clock_for(settings)
    meter = CallMeter(store, clock) if store else None
    feishu = gateway(settings, meter, patience=HASTE)
    try:
        yield Case(settings=settings, clock=clock, feishu=feishu, store_facts=facts, store=store, meter=meter)
    finally:
        feishu.close()
        if meter:
            meter.flush()
        if store:
            store.close()


def _facts(settings: Settings) -> StoreFacts | SettingsError | StoreError:
    try:
        return look_at(settings.database)
    except (SettingsError, StoreError) as error:
        return error
