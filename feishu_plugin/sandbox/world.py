"""Everything the sandbox remembers, in one value that is handed to every route."""

from dataclasses import dataclass, field

from feishu_plugin.sandbox.bases import Bases
from feishu_plugin.sandbox.clock import Clock
from feishu_plugin.sandbox.console import Console
from feishu_plugin.sandbox.credentials import Credentials
from feishu_plugin.sandbox.delivery import Delivery
from feishu_plugin.sandbox.faults import Faults
from feishu_plugin.sandbox.medias import Medias
from feishu_plugin.sandbox.messages import Messages
from feishu_plugin.sandbox.news import News
from feishu_plugin.sandbox.people import People
from feishu_plugin.sandbox.replica_lag import ReplicaLag
from feishu_plugin.sandbox.said import Sayings
from feishu_plugin.sandbox.scopes import Scopes
from feishu_plugin.sandbox.stats import Stats
from feishu_plugin.sandbox.switches import Switches


@dataclass(slots=True, kw_only=True)
class World:
    """The state of one sandbox; ``/_sandbox/reset`` makes a new one."""

    clock: Clock
    switches: Switches
    credentials: Credentials
    """App id and secret, tokens issued, verification token, encrypt key."""
    people: People
    bases: Bases
    """Bitable: bases, tables, fields, records, views, forms."""
    medias: Medias
    """Files of attachment cells."""
    messages: Messages
    """Everything the bot sent, newest last."""
    said: Sayings
    """What people wrote to the bot."""
    delivery: Delivery
    """Events on their way to the app: subscriptions, connections, webhook, re-push."""
    faults: Faults
    stats: Stats
    scopes: Scopes
    """What the app was granted in the developer console."""
    lag: ReplicaLag
    """What was just made and is not yet seen by reads (fault ``replica-lag``)."""
    console: Console = field(default_factory=Console)
    """The rest of the developer console: versions, subscriptions."""
    news: News = field(default_factory=News)
    """What changed last, for the page."""
