"""Behaviours that the facts leave open, each with a documented default.

``/_sandbox/switches`` (GET, PUT) reads and sets them; ``docs/sandbox.md`` lists them.
"""

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Switches:
    """One attribute per CONFLICT or UNCONFIRMED fact, and the simulated speed of the wire."""

    latency_ms: float = 0.0
    """Delay of every answer: the simulated round trip."""
    write_ms: float = 0.0
    """How long a write holds its base; a second write meanwhile gets 1254291."""
    rate_limits: bool = True
    """False: no 99991400 and no 230020 (for benchmarks of the client alone)."""
    overlap_code: int = 1254291
    """What a write is told while another one holds its base: 1254291, 1254290 or 1254607."""
    batch_limit: int = 1000
    """Records per batch_create and batch_update (sources differ: 500 or 1000)."""
    check_attachments: bool = True
    """False: attachment cells take any file_token (real: 1254303, 1254027)."""
    base_v3: str = "on"
    """Base v3: ``on``, ``off`` (404, as on tenants without it) or ``broken`` (5000 from every call)."""
    read_only_write: str = "refuse"
    """Writing a computed field: ``refuse`` (1254015) or ``ignore``."""
    bad_token_status: int = 400
    """HTTP status of 99991663 (seen: 400 and 200)."""
    event_select_quoted: bool = False
    """Option ids in events as JSON text (``"\\"optA\\""``) or bare (``"optA"``)."""
    app_operator: str = "bot"
    """operator_id of the app's own writes in events: ``bot`` (its open_id) or ``empty``."""
    fragments: int = 1
    """How many frames one long-connection event is cut into (1 to 4)."""
    ack_limit_s: float = 3.0
    """Seconds of real time the app has to acknowledge an event or answer a click."""
    roleless: str = "edit"
    """Under advanced permission, people without a custom role: ``edit`` (the built-in editor) or ``none``."""
    ping_interval_s: int = 5
    """ClientConfig of the long connection: seconds between pings (live: 90; short for quick tests)."""
    reconnect_interval_s: int = 2
    """ClientConfig: seconds between reconnect attempts (live: 90)."""
    reconnect_nonce_s: int = 1
    """ClientConfig: upper bound of the random wait before the first reconnect (live: 25)."""
    wide_tables_lose_fields: int = 0
    """Creating a table keeps only so many columns and still answers an id for each (0: keeps all). Seen
    live from about 21 columns on; the fault ``lose-fields`` loses some at random."""
    views_lose_hidden_fields: bool = False
    """True: patching a view answers every hidden field and keeps only the first. Nobody reported it; it
    shows whether a client reads back what it wrote."""
    date_offset_s: float = 0.0
    """How far the ``Date`` header of answers is ahead of the machine's clock; below 0 behind."""
    card_tables: int = 3
    """Tables in one card (documented 5; the live service was seen to refuse the fourth)."""
