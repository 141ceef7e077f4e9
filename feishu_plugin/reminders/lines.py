"""Notices that wait for a morning card: stored as lines, read back when the card is made; pure."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from feishu_plugin.ports import Effect, Json
from feishu_plugin.reminders.notice import Notice
from feishu_plugin.rules.actions import Offer


def line_of_notice(notice: Notice, at: datetime) -> Effect:
    """The notice as an effect that does nothing by itself: the morning card from ``at`` on tells it."""
    body = {**asdict(notice), "offer": _kept(notice.offer)}
    return Effect(
        kind="line",
        identity=notice.identity,
        target=notice.open_id,
        body=body,
        not_before=at,
        covers=notice.covers,
    )


def notice_of_line(line: Effect) -> Notice:
    """What was stored; a line of an older or newer version loses only what this one does not know."""
    known = {key: value for key, value in line.body.items() if key in Notice.__dataclass_fields__}
    return Notice(**known | {"offer": _offer(line.body.get("offer"))})


def _kept(offer: Offer | None) -> Json | None:
    """Only answers to reminders can be given in a list."""
    return {"event": offer.event} if offer and offer.kind == "remind" else None


def _offer(kept: Mapping[str, str] | None) -> Offer | None:
    return Offer(kind="remind", event=kept["event"]) if kept else None
