"""What people wrote to the bot, as their own clients keep showing it; Feishu's API never reads it back."""

import json
import secrets
from dataclasses import asdict, dataclass, fields

from feishu_plugin.sandbox.clock import Clock
from feishu_plugin.sandbox.envelope import Json

KEPT = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """One message of a person to the bot."""

    message_id: str
    open_id: str
    """Who wrote it."""
    chat_id: str
    msg_type: str
    content: str
    """JSON text, as the event carries it."""
    create_time: int
    """Milliseconds since the epoch, sandbox time."""

    def as_json(self) -> Json:
        """Everything; the content parsed where it is JSON."""
        try:
            content = json.loads(self.content)
        except ValueError:
            content = self.content
        return {**asdict(self), "content": content}


class Sayings:
    """The last messages of everybody, newest last."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: list[Saying] = []

    def reset(self) -> None:
        """Forgets all."""
        self._kept.clear()

    def add(self, *, open_id: str, chat_id: str, msg_type: str, content: str) -> Saying:
        """Keeps a new message; beyond KEPT the oldest goes."""
        said = Saying(
            message_id=f"om_{secrets.token_hex(16)}",
            open_id=open_id,
            chat_id=chat_id,
            msg_type=msg_type,
            content=content,
            create_time=self._clock.now_ms(),
        )
        self._kept = [*self._kept[1 - KEPT :], said]
        return said

    def of(self, open_id: str) -> list[Saying]:
        """One person's messages, newest last."""
        return [said for said in self._kept if said.open_id == open_id]

    def export(self) -> list[Json]:
        """All as plain values, for ``--data``."""
        return [asdict(said) for said in self._kept]

    def restore(self, rows: list[Json]) -> None:
        """Takes back what ``export`` gave; unknown keys of another version are dropped."""
        names = {field.name for field in fields(Saying)}
        self._kept = [Saying(**{key: value for key, value in row.items() if key in names}) for row in rows]
