"""A child process with the official long-connection client; prints one JSON line per event.

Run as ``python lark_client.py BASE_URL APP_ID APP_SECRET``. A card action is answered with what its
``value`` orders: ``{"answer": {...}}`` is returned, ``{"raise": true}`` fails. A record event fails
while the first changed field says so. The SDK stays in here because importing it emits warnings.
"""

import json
import sys
from typing import Any

import lark_oapi as lark
from lark_oapi.event.callback.model.p2_card_action_trigger import (
    P2CardActionTrigger,
    P2CardActionTriggerResponse,
)

RECORD_CHANGED = "drive.file.bitable_record_changed_v1"


def tell(kind: str, value: Any) -> None:
    """One line for the test."""
    sys.stdout.write(json.dumps({"kind": kind, "value": value}) + "\n")
    sys.stdout.flush()


def changed(event: lark.CustomizedEvent) -> None:
    """Tells the whole envelope; fails for a table named ``tblFails`` on request."""
    envelope = json.loads(lark.JSON.marshal(event))
    tell("event", envelope)
    if envelope["event"]["action_list"][0]["record_id"] == "recFails":
        raise RuntimeError("ordered to fail")


def clicked(action: P2CardActionTrigger) -> P2CardActionTriggerResponse:
    """Answers as the button's value orders."""
    told = json.loads(lark.JSON.marshal(action))
    tell("card", told)
    order = told["event"]["action"].get("value") or {}
    if order.get("raise"):
        raise RuntimeError("ordered to fail")
    return P2CardActionTriggerResponse(order.get("answer") or {})


def main() -> None:
    """Connects and stays."""
    base_url, app_id, app_secret = sys.argv[1:]
    handler = (
        lark.EventDispatcherHandler.builder("", "")
        .register_p2_customized_event(RECORD_CHANGED, changed)
        .register_p2_card_action_trigger(clicked)
        .build()
    )
    client = lark.ws.Client(
        app_id, app_secret, event_handler=handler, domain=base_url, log_level=lark.LogLevel.ERROR
    )
    client.on_reconnected = lambda: tell("reconnected", None)
    tell("starting", None)
    client.start()


if __name__ == "__main__":
    main()
