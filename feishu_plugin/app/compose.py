"""Builds the working parts from settings: store, gateway, and the desk of each base."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from feishu_plugin import schema as schemas
from feishu_plugin.app.budget import Budget, budget
from feishu_plugin.app.clocks import clock_for
from feishu_plugin.app.left_in_store import RESTING
from feishu_plugin.app.logs import LogWitness, shape
from feishu_plugin.app.mail import look_at_form, mailbox_for, mailer_for
from feishu_plugin.app.meter import CallMeter
from feishu_plugin.gateway.contacts import Contacts
from feishu_plugin.gateway.extras import BaseExtras
from feishu_plugin.gateway.http import Feishu, Patience, Watch
from feishu_plugin.gateway.medias import BaseMedias
from feishu_plugin.gateway.messages import BotMessages
from feishu_plugin.gateway.pacing import Pace
from feishu_plugin.gateway.seals import Seal, SealedMessages
from feishu_plugin.gateway.structure import BaseStructure
from feishu_plugin.gateway.tables import BaseTables
from feishu_plugin.gateway.webhook_calls import Endpoint, SignedWebhooks
from feishu_plugin.packaged import POLICY_TABLES
from feishu_plugin.policy import Policy
from feishu_plugin.policy_rows import packaged_policy
from feishu_plugin.ports import Clock
from feishu_plugin.schema import Schema
from feishu_plugin.settings import Settings
from feishu_plugin.store.store import Store
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.known_types import known_types
from feishu_plugin.sync.pauses import in_words
from feishu_plugin.sync.policy_source import load_policy
from feishu_plugin.sync.structure.custom import Extension
from feishu_plugin.sync.structure.live import Base
from feishu_plugin.sync.structure.remembered import Recalled, Remembered
from feishu_plugin.witness import Witness

Crossing = Callable[[str], None]


@dataclass(slots=True, kw_only=True)
class Office:
    """What all bases of one app share."""

    settings: Settings
    schema: Schema
    store: Store
    feishu: Feishu
    messages: SealedMessages
    people: Contacts
    clock: Clock
    meter: CallMeter
    packaged: Policy
    witness: Witness
    crossing: Crossing | None = None

    def budget(self, now: datetime) -> Budget:
        """How the calls of this month stand against what the settings allow."""
        return budget(self.meter.this_month(), now, self.settings.calls_per_month)


@contextlib.contextmanager
def office(
    settings: Settings,
    now: datetime | None = None,
    witness: Witness | None = None,
    crossing: Crossing | None = None,
) -> Iterator[Office]:
    """Opens store and gateway, and closes them again; the log hears what happens, unless a witness does.

    ``crossing`` is called right before and right after everything that outlives the process:
    ``before settle`` and ``after settle`` for a commit, ``before POST /open-apis/…`` for a call to
    Feishu, ``before mail`` for a mail. In whatever thread it happens.
    """
    shape(settings.log)
    watching = witness or LogWitness()
    schema = schemas.load(settings.schema_file)
    clock = clock_for(settings, now)
    store = Store(settings.database, crossing)
    meter = CallMeter(store, clock)
    feishu = gateway(settings, meter, _calls(watching), crossing)
    packaged = packaged_policy(schema)
    try:
        yield Office(
            settings=settings,
            schema=schema,
            store=store,
            feishu=feishu,
            messages=SealedMessages(BotMessages(feishu), seal_of(settings)),
            people=_contacts(feishu, schema, packaged),
            clock=clock,
            meter=meter,
            packaged=packaged,
            witness=watching,
            crossing=crossing,
        )
    finally:
        meter.flush()
        feishu.close()
        store.close()


def gateway(
    settings: Settings,
    meter: CallMeter | None = None,
    watch: Watch | None = None,
    crossing: Crossing | None = None,
    patience: Patience | None = None,
) -> Feishu:
    """The door to Feishu for these settings."""
    secret = settings.app_secret.get_secret_value()
    count = meter.count if meter else None
    pace = Pace(limited=settings.paced)
    return Feishu(
        settings.base_url,
        settings.app_id,
        secret,
        meter=count,
        watch=watch,
        pace=pace,
        crossing=crossing,
        patience=patience,
    )


def _calls(witness: Witness) -> Watch:
    return lambda endpoint, code, seconds: witness.saw("call", endpoint=endpoint, code=code, seconds=seconds)


def seal_of(settings: Settings) -> Seal:
    """What tells our own buttons from others."""
    return Seal(settings.app_secret.get_secret_value())


def desk_for(found: Office, app_token: str) -> Desk:
    """The desk of one base: bound to its live tables, with the policy in force."""
    identities = Remembered(found.store, app_token)
    tables = BaseTables(found.feishu, found.schema, app_token, identities=identities)
    tables.rebind()
    loaded = load_policy(tables, found.store, found.schema)
    desk = Desk(
        app_token=app_token,
        schema=found.schema,
        tables=tables,
        store=found.store,
        people=found.people,
        clock=found.clock,
        link=lambda table, record_id: record_link(found.settings, tables, table, record_id),
        policy=loaded.policy,
        packaged=found.packaged,
        administrators=administrators(found.feishu, found.settings),
        mailer=mailer_for(found.settings, found.crossing),
        mailbox=mailbox_for(found.settings, app_token),
        webhooks=_webhooks(found.settings),
        uploads=BaseMedias(found.feishu, app_token),
        extension=_extension(found, app_token),
        suggest=known_types(found.store, app_token),
        wider=lambda schema: _wider(found, app_token, schema),
        bot=found.people.bot_open_id(),
        paused=in_words(loaded.policy, tables.binding, found.schema),
        problems=tuple(loaded.problems),
        witness=found.witness,
    )
    keep_binding(desk)
    look_at_form(found.feishu, desk)
    return desk


def _webhooks(settings: Settings) -> SignedWebhooks | None:
    endpoints = [Endpoint(url=one.url, key=one.key) for one in settings.webhook_endpoints]
    return SignedWebhooks(endpoints) if endpoints else None


def _extension(found: Office, app_token: str) -> Extension:
    feishu, identities = found.feishu, Remembered(found.store, app_token)

    def tables(schema: Schema) -> BaseTables:
        wider = BaseTables(feishu, schema, app_token, identities=identities)
        wider.rebind()
        return wider

    structure, extras = BaseStructure(feishu, app_token), BaseExtras(feishu, app_token)
    base = Base(structure=structure, extras=extras, identities=identities)
    return Extension(base=base, tables=tables)


def _wider(found: Office, app_token: str, schema: Schema) -> BaseTables:
    """With columns that people made."""
    wider = BaseTables(found.feishu, schema, app_token, identities=Recalled(found.store, app_token))
    wider.rebind()
    return wider


def record_link(settings: Settings, tables: BaseTables, table: str, record_id: str) -> str:
    """Opens a record, a whole table or a block of the base; any tenant's host forwards to the right one.

    ``table`` is the key of a table, or the id of a dashboard.
    """
    bound = tables.binding.tables.get(table)
    host = "https://feishu.cn" if settings.base_url.startswith("https://open.") else settings.base_url
    row = f"&record={record_id}" if record_id else ""
    return f"{host}/base/{tables.binding.app_token}?table={bound.table_id if bound else table}{row}"


def administrators(feishu: Feishu, settings: Settings) -> tuple[str, ...]:
    """open_ids of the administrators the settings name (e-mail addresses are looked up)."""
    named = settings.administrators
    emails = [one for one in named if "@" in one]
    known = Contacts(feishu, {}).by_email(emails) if emails else {}
    return tuple(known.get(one, one) for one in named if one in known or "@" not in one)


def keep_binding(desk: Desk) -> None:
    """Keeps how option ids and columns map to keys, for the child that receives events; and what rests,
    for ``status``, which asks nobody but the store."""
    table = desk.tables.binding.tables.get("requirement")
    status = table.fields.get("status") if table else None
    fact = {
        "tables": {t.table_id: t.key for t in desk.tables.binding.tables.values()},
        "fields": {f.field_id: f.key for f in table.fields.values()} if table else {},
        "options": dict(status.option_ids) if status else {},
        "rules": {
            key: {field.field_id: field.key for field in bound.fields.values()}
            for key, bound in desk.tables.binding.tables.items()
            if key in POLICY_TABLES
        },
    }
    desk.store.keep(desk.app_token, "binding", fact)
    rests = [(one.zh, one.en) for one in desk.paused]
    desk.store.keep(desk.app_token, RESTING, {"rests": rests, "policy": desk.policy.version})


def _contacts(feishu: Feishu, schema: Schema, policy: Policy) -> Contacts:
    departments = schema.table("requirement").field("department").options
    roles = {option.zh: option.key for option in departments if option.key != "management"}
    return Contacts(feishu, roles)
