"""What is small enough to be kept as one value: messages, subscriptions, rights, switches, scopes, time."""

from dataclasses import asdict
from datetime import UTC, datetime

from feishu_plugin.sandbox.envelope import Caller, Json
from feishu_plugin.sandbox.webhook import Webhook
from feishu_plugin.sandbox.world import World


def settings_of(world: World) -> Json:
    """Everything as plain values."""
    subscriptions = [
        (file, {"kind": caller.kind, "open_id": caller.open_id}) for file, caller in world.delivery.export()
    ]
    hook = world.delivery.webhook
    return {
        "messages": world.messages.export(),
        "said": world.said.export(),
        "subscriptions": subscriptions,
        "collaborators": world.bases.collaborators,
        "switches": asdict(world.switches),
        "scopes": world.scopes.as_json(),
        "clock": _clock(world),
        "webhook": hook.as_json() if hook else None,
    }


def _clock(world: World) -> Json:
    """A frozen clock by its instant, a running one by how far it is ahead of real time."""
    if world.clock.frozen:
        return {"frozen_at": world.clock.now().isoformat()}
    return {"ahead_s": round(world.clock.now_s() - datetime.now(UTC).timestamp(), 1)}


def restore_settings(world: World, kept: Json) -> None:
    """Takes them back; what an older file does not have stays as it is in a new world."""
    world.messages.restore(kept["messages"])
    world.said.restore(kept.get("said", []))
    world.delivery.restore([(file, Caller(**caller)) for file, caller in kept["subscriptions"]])
    world.bases.collaborators = kept["collaborators"]
    for name, value in kept.get("switches", {}).items():
        if hasattr(world.switches, name):
            setattr(world.switches, name, value)
    if "scopes" in kept:
        world.scopes.restore(kept["scopes"])
    _restore_clock(world, kept.get("clock", {}))
    if hook := kept.get("webhook"):
        world.delivery.webhook = Webhook(
            hook["url"], encrypted=hook["encrypt"], keys=world.credentials.keys, clock=world.clock
        )


def _restore_clock(world: World, kept: Json) -> None:
    if "frozen_at" in kept:
        world.clock.set(datetime.fromisoformat(kept["frozen_at"]), frozen=True)
    elif kept.get("ahead_s"):
        now = datetime.now(UTC).timestamp() + kept["ahead_s"]
        world.clock.set(datetime.fromtimestamp(now, UTC), frozen=False)
