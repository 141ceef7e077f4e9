"""The long connection: its bootstrap call, its websocket, pings, frames and acknowledgements.

It carries envelopes and never reads them; which event goes where is delivery's business.
"""

import asyncio
import base64
import binascii
import json
import secrets
import uuid
from typing import Any

from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from feishu_plugin.sandbox.clock import Clock
from feishu_plugin.sandbox.delivery import MOST_CONNECTIONS, Answer
from feishu_plugin.sandbox.envelope import Call, Json, Raw, Refusal, Route
from feishu_plugin.sandbox.events import Event
from feishu_plugin.sandbox.frames import CONTROL, DATA, Frame, FrameError, decode, encode
from feishu_plugin.sandbox.switches import Switches
from feishu_plugin.sandbox.world import World

SERVICE_ID = 33554678
"""An integer, as every SDK parses it; the value seen on the live service."""
INSTANCE_ID = "sandbox-1"
APP_ID_INVALID = 1000040346
AUTH_FAILED, FORBIDDEN, TOO_MANY_CONNECTIONS = 514, 403, 1000040350


def client_config(switches: Switches) -> Json:
    """Always all four keys: a partial object kills Python's ping loop. Seconds."""
    return {
        "ReconnectCount": -1,
        "ReconnectInterval": switches.reconnect_interval_s,
        "ReconnectNonce": switches.reconnect_nonce_s,
        "PingInterval": switches.ping_interval_s,
    }


def bootstrap(world: World, call: Call) -> Raw:
    """``{"AppID","AppSecret"}`` -> ``{"URL","ClientConfig"}``; ``data`` is an object even on errors."""
    body = call.body if isinstance(call.body, dict) else {}
    if not {"AppID", "AppSecret"} <= set(body):
        raise Refusal(9499, "Bad Request", status=400)
    try:
        world.credentials.check_secret(body["AppID"], body["AppSecret"])
    except Refusal as refusal:
        wrong_secret = refusal.code == 10015
        code, msg = (AUTH_FAILED, "auth failed") if wrong_secret else (APP_ID_INVALID, "app_id is invalid")
        return Raw(body={"code": code, "msg": msg, "data": {}})
    data = {"URL": _url(world, call), "ClientConfig": client_config(world.switches)}
    return Raw(body={"code": 0, "msg": "", "data": data})


def _url(world: World, call: Call) -> str:
    """``device_id`` and ``service_id`` must not come first: Node parses the whole URL as a query."""
    scheme = "wss" if call.headers.get("x-forwarded-proto") == "https" else "ws"
    host = call.headers.get("host", "127.0.0.1")
    device_id = str(7400000000000000000 + secrets.randbelow(10**15))
    return (
        f"{scheme}://{host}/ws/v2?fpid=493&aid=552564&device_id={device_id}"
        f"&access_key={_access_key(world, device_id)}&service_id={SERVICE_ID}&ticket={uuid.uuid4()}"
    )


def _access_key(world: World, device_id: str) -> str:
    return world.credentials.proof_for(device_id)


class Connection:
    """One open websocket of the app."""

    def __init__(self, websocket: WebSocket, switches: Switches, clock: Clock) -> None:
        self._websocket, self._switches, self._clock = websocket, switches, clock
        self._unacknowledged: dict[str, asyncio.Future[Answer]] = {}

    async def push(self, event: Event) -> Answer:
        """Sends the envelope, whole or in fragments, and waits for the acknowledgement."""
        message_id = str(uuid.uuid4())
        waiter: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._unacknowledged[message_id] = waiter
        try:
            for frame in _cut(event, message_id, self._switches.fragments, self._clock.now_ms()):
                await self._websocket.send_bytes(encode(frame))
            return await waiter
        except (RuntimeError, WebSocketDisconnect):
            return Answer(kind="failed")
        finally:
            self._unacknowledged.pop(message_id, None)

    async def close(self) -> None:
        """Closes with 1001, after which the SDKs reconnect."""
        await self._websocket.close(1001, "going away")

    async def serve(self) -> None:
        """Answers pings and takes acknowledgements until the client leaves."""
        try:
            while True:
                message = await self._websocket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                if (data := message.get("bytes")) is not None:
                    await self._take(data)
        finally:
            self._abandon()

    async def _take(self, data: bytes) -> None:
        try:
            frame = decode(data)
        except FrameError:
            return
        if frame.method == CONTROL and frame.header("type") == "ping":
            await self._websocket.send_bytes(encode(_pong(frame, self._switches)))
        elif frame.method == DATA:
            waiter = self._unacknowledged.get(frame.header("message_id") or "")
            if waiter is not None and not waiter.done():
                waiter.set_result(read_ack(frame.payload))

    def _abandon(self) -> None:
        for waiter in self._unacknowledged.values():
            if not waiter.done():
                waiter.set_result(Answer(kind="failed"))


def read_ack(payload: bytes) -> Answer:
    """Any of the three dialects: ``{"code":200}``, with base64 ``data``, with ``"headers":null``."""
    try:
        ack: Any = json.loads(payload)
        if not isinstance(ack, dict) or ack.get("code") != 200:
            return Answer(kind="failed")
        return Answer(kind="ok", data=base64.b64decode(ack.get("data") or "", validate=True))
    except (ValueError, TypeError, binascii.Error):
        return Answer(kind="failed")


def _cut(event: Event, message_id: str, fragments: int, sent_ms: int) -> list[Frame]:
    count = max(1, min(fragments, 4, len(event.payload)))
    size = -(-len(event.payload) // count)
    pieces = [event.payload[at : at + size] for at in range(0, len(event.payload), size)]
    log_id, trace_id = secrets.randbits(62), secrets.token_hex(16)
    return [
        Frame(
            log_id=log_id,
            service=SERVICE_ID,
            method=DATA,
            headers=(
                # Python drops a frame without acknowledgement when one of the first five is missing.
                ("type", "event"),
                ("message_id", message_id),
                ("sum", str(len(pieces))),
                ("seq", str(seq)),
                ("trace_id", trace_id),
                ("timestamp", str(sent_ms)),
                ("instance_id", INSTANCE_ID),
            ),
            payload=piece,
            log_id_new=trace_id,
        )
        for seq, piece in enumerate(pieces)
    ]


def _pong(ping: Frame, switches: Switches) -> Frame:
    config = json.dumps(client_config(switches), separators=(",", ":")).encode()
    return Frame(service=ping.service, method=CONTROL, headers=(("type", "pong"),), payload=config)


async def endpoint(websocket: WebSocket) -> None:
    """The websocket route; refuses strangers (514) and the 51st connection (514/1000040350)."""
    world: World = websocket.app.state.world
    if refusal := _refusal(world, websocket):
        await websocket.send_denial_response(refusal)
        return
    await websocket.accept()
    connection = Connection(websocket, world.switches, world.clock)
    world.delivery.connections.append(connection)
    world.delivery.wake()
    try:
        await connection.serve()
    finally:
        world.delivery.connections.remove(connection)


def _refusal(world: World, websocket: WebSocket) -> Response | None:
    query = websocket.query_params
    if query.get("service_id") != str(SERVICE_ID):
        return _denial(FORBIDDEN, 0, "forbidden")
    if query.get("access_key") != _access_key(world, query.get("device_id", "")):
        return _denial(AUTH_FAILED, APP_ID_INVALID, "auth failed")
    if len(world.delivery.connections) >= MOST_CONNECTIONS:
        return _denial(AUTH_FAILED, TOO_MANY_CONNECTIONS, "exceed conn limit")
    return None


def _denial(status: int, error_code: int, msg: str) -> Response:
    headers = {
        "Handshake-Status": str(status),
        "Handshake-Autherrcode": str(error_code),
        "Handshake-Msg": msg,
    }
    return Response(status_code=403, headers=headers)


ROUTES: tuple[Route, ...] = (
    Route(
        method="POST",
        pattern="/callback/ws/endpoint",
        handler=bootstrap,
        summary="Where and how to open the long connection",
        auth="none",
        rest_style=True,
    ),
)
