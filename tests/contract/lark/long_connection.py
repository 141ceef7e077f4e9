"""The official long-connection client with typed handlers: prints one JSON line per thing that reaches it.

Run as ``python -m … '<ready line>'``. A card action is answered with what its value orders.
"""

import json
import sys
from typing import Any

import lark_oapi as lark
from lark_oapi.event.callback.model.p2_card_action_trigger import P2CardActionTriggerResponse


def tell(kind: str, value: Any = None) -> None:
    """One line for the test."""
    sys.stdout.write(json.dumps({"kind": kind, "value": value}) + "\n")
    sys.stdout.flush()


def tell_typed(kind: str, event: Any) -> None:
    """A typed event, as the SDK writes it."""
    tell(kind, json.loads(lark.JSON.marshal(event)))


def clicked(action: Any) -> P2CardActionTriggerResponse:
    """Answers as the button's value orders."""
    tell_typed("card", action)
    order = action.event.action.value or {}
    if order.get("raise"):
        raise RuntimeError("ordered to fail")
    return P2CardActionTriggerResponse(order.get("answer") or {})


def dispatcher(encrypt_key: str, verification_token: str) -> Any:
    """The official dispatcher with every handler this product needs."""
    builder = lark.EventDispatcherHandler.builder(encrypt_key, verification_token, lark.LogLevel.CRITICAL)
    return (
        builder.register_p2_drive_file_bitable_record_changed_v1(lambda event: tell_typed("record", event))
        .register_p2_drive_file_bitable_field_changed_v1(lambda event: tell_typed("field", event))
        .register_p2_card_action_trigger(clicked)
        .build()
    )


def main() -> None:
    """Connects and stays."""
    ready = json.loads(sys.argv[1])
    client = lark.ws.Client(
        ready["app_id"],
        ready["app_secret"],
        event_handler=dispatcher("", ""),
        domain=ready["base_url"],
        log_level=lark.LogLevel.CRITICAL,
    )
    client.on_reconnected = lambda: tell("reconnected")
    tell("starting")
    client.start()


if __name__ == "__main__":
    main()
