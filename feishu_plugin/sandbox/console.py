"""What the developer console shows beside scopes: the published version, and what the app subscribed to.

Kept in memory only; ``/_sandbox/console`` reads and sets it. Nothing is delivered otherwise for it: the
console of an app that does not say so is a matter for whoever asks Feishu about the app.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from feishu_plugin.sandbox.envelope import Json

EVENTS = (
    "drive.file.bitable_record_changed_v1",
    "drive.file.bitable_field_changed_v1",
    "im.message.receive_v1",
)
CALLBACKS = ("card.action.trigger",)
Mode = Literal["websocket", "webhook"]


@dataclass(slots=True, kw_only=True)
class Console:
    """Everything set up, until somebody says otherwise."""

    published: bool = True
    """False: no version of the app was ever approved."""
    waiting: bool = False
    """True: a newer version waits for the tenant's administrator."""
    activate_status: int = 2
    """``bot/v3/info``: 0 not installed, 1 stopped, 2 in use, 3 and 4 wait, 5 and 6 licence ended."""
    mode: Mode = "websocket"
    """How events and callbacks are received."""
    events: tuple[str, ...] = EVENTS
    callbacks: tuple[str, ...] = CALLBACKS
    user_scopes: tuple[str, ...] | None = None
    """Scopes granted for the identity of people; None is all."""

    def reset(self) -> None:
        """As a new sandbox has it."""
        self.take(Console().as_json())

    def take(self, values: Json) -> None:
        """Sets what is named; ``as_json`` names it all."""
        for name, value in values.items():
            setattr(self, name, tuple(value) if isinstance(value, list) else value)

    def as_json(self) -> Json:
        """All of it; ``user_scopes`` null is every scope."""
        lists = {"events": list(self.events), "callbacks": list(self.callbacks)}
        user = None if self.user_scopes is None else list(self.user_scopes)
        return {
            "published": self.published,
            "waiting": self.waiting,
            "activate_status": self.activate_status,
            "mode": self.mode,
            **lists,
            "user_scopes": user,
        }


def wrong_with(values: Json) -> str:
    """What is wrong with values for ``take``; empty when nothing is."""
    known = Console().as_json()
    if unknown := sorted(set(values) - set(known)):
        return f"unknown {unknown}; there are {sorted(known)}"
    for name, value in values.items():
        if not _fits(name, value, known[name]):
            return f"{name}: {value!r} does not fit"
    return ""


def _fits(name: str, value: object, known: object) -> bool:
    if name == "mode":
        return value in ("websocket", "webhook")
    if isinstance(known, list) or name == "user_scopes":
        return (name == "user_scopes" and value is None) or (isinstance(value, list) and _texts(value))
    return type(value) is type(known)


def _texts(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)
