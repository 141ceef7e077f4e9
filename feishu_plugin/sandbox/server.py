"""The sandbox's HTTP face: one ASGI app that parses, admits, dispatches and answers every request.

Handlers are synchronous and run on the event loop, so a call sees and leaves a consistent
world. Nothing here knows what an endpoint does, and nothing answers HTML or a traceback.
"""

import asyncio
import inspect
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from email.utils import formatdate
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, WebSocketRoute
from starlette.types import Receive, Scope, Send

from feishu_plugin.sandbox import long_connection, misfortunes, page
from feishu_plugin.sandbox.answers import failure, new_log_id, success
from feishu_plugin.sandbox.connections import Connections
from feishu_plugin.sandbox.envelope import Call, Caller, Json, Raw, Refusal, Route
from feishu_plugin.sandbox.faults import Fault
from feishu_plugin.sandbox.misfortunes import Broken
from feishu_plugin.sandbox.parsing import NOBODY, read_body, read_query
from feishu_plugin.sandbox.rates import Rates
from feishu_plugin.sandbox.replica_lag import made_ids
from feishu_plugin.sandbox.router import Router
from feishu_plugin.sandbox.routes import ROUTES
from feishu_plugin.sandbox.switches import Switches
from feishu_plugin.sandbox.world import World

log = logging.getLogger(__name__)
AS_PERSON = "/_sandbox/as"
OVERLAPS = {1254290: "TooManyRequest", 1254291: "Write conflict", 1254607: "Data not ready"}


class Unsent(Exception):
    """A fault keeps the answer (None: there is none) from arriving whole."""

    def __init__(self, broken: Broken, response: Response | None) -> None:
        super().__init__(broken.how)
        self.broken, self.response = broken, response


def make_app(
    world: World,
    *,
    connections: Connections | None = None,
    after_call: Callable[[str], None] = lambda _path: None,
) -> Starlette:
    """The whole sandbox as one app.

    ``connections`` lets a fault drop a TCP connection; ``after_call`` runs after every call
    that may have changed the world (storage hooks in here).
    """

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        deliverer = asyncio.create_task(world.delivery.run())
        yield
        deliverer.cancel()
        with suppress(asyncio.CancelledError):
            await deliverer

    gate = Gate(world, connections or Connections(world), after_call)
    app = Starlette(
        routes=[WebSocketRoute("/ws/v2", long_connection.endpoint), *page.ROUTES, Mount("/", app=gate)],
        lifespan=lifespan,
    )
    app.state.world = world
    return app


class Gate:
    """Takes every plain HTTP request through the rules that hold for all endpoints."""

    def __init__(self, world: World, connections: Connections, after_call: Callable[[str], None]) -> None:
        self._world = world
        self._connections = connections
        self._after_call = after_call
        self._router = Router(ROUTES)
        self._rates = Rates()
        self._writing: dict[str, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except Unsent as unsent:
            await self._break(unsent, request)
            return
        now = time.time() + self._world.switches.date_offset_s
        response.headers["Date"] = formatdate(now, usegmt=True)
        await response(scope, receive, send)

    async def _break(self, unsent: "Unsent", request: Request) -> None:
        """Leaves the caller without a whole answer, in the way the fault wants it."""
        broken, peer = unsent.broken, request.scope["client"]
        if broken.how == "half":
            self._connections.half_close(peer, unsent.response)
        if broken.how != "drop":
            with suppress(TimeoutError):
                async with asyncio.timeout(broken.seconds):
                    while (await request.receive())["type"] != "http.disconnect":
                        pass
        self._connections.drop(peer)

    async def _answer(self, request: Request) -> Response:
        """The answer; raises Unsent when a fault keeps it from arriving."""
        log_id, method = new_log_id(self._world.clock), request.method
        as_person, path = spoken_as(request.scope["path"])
        endpoint, code, route = f"{method} {path}", 0, None
        try:
            route, params = self._router.find(method, path)
            endpoint = f"{method} {as_person and AS_PERSON}{route.pattern}"
            caller = self._person(as_person) if as_person else self._caller(request, route)
            call = await self._call(request, caller, params, log_id)
            response = await self._serve(route, call)
        except Refusal as refusal:
            code, response = refusal.code, failure(refusal, route, log_id)
            if route is None:
                log.warning("%s", refusal.msg)
        except Broken as broken:
            raise Unsent(broken, None) from None
        except Unsent:
            raise
        except Exception:
            log.exception("sandbox defect in %s log_id=%s", endpoint, log_id)
            code = 1254200
            response = failure(Refusal(code, "internal error", status=500), route, log_id)
        finally:
            self._world.stats.count(endpoint, code)
        return response

    async def _call(self, request: Request, caller: Caller, params: dict[str, str], log_id: str) -> Call:
        query, query_lists = read_query(request.scope["query_string"])
        body, form, files = await read_body(request)
        return Call(
            method=request.method,
            path=request.scope["path"],
            params=params,
            query=query,
            query_lists=query_lists,
            headers=request.headers,
            body=body,
            form=form,
            files=files,
            caller=caller,
            log_id=log_id,
        )

    def _caller(self, request: Request, route: Route) -> Caller:
        if route.auth == "none":
            return NOBODY
        caller = self._world.credentials.caller(request.headers.get("authorization"))
        if route.auth == "app" and caller.kind != "app":
            raise Refusal(99991663, "Invalid access token for authorization. This API needs the app's token.")
        return caller

    def _person(self, open_id: str) -> Caller:
        if self._world.people.get(open_id) is None:
            raise Refusal(9499, "Bad Request", detail=f"no such person: {open_id}", status=404)
        return Caller(kind="user", open_id=open_id)

    async def _serve(self, route: Route, call: Call) -> Response:
        """The answer after limits and faults; ``/_sandbox/*`` is spared both, ``as`` somebody too."""
        if call.path.startswith("/_sandbox/"):
            return success(await self._run(route, call), call.log_id)
        world = self._world
        if route.dialect == "v3":
            check_v3(world.switches, call)
        if world.switches.latency_ms:
            await asyncio.sleep(world.switches.latency_ms / 1000)
        if world.switches.rate_limits:
            self._rates.admit(f"{route.method} {route.pattern}", route.tier)
        world.scopes.check(route, call.caller)
        if world.lag.active:
            world.lag.check(call.params)
        fault = world.faults.pick(call, route.pattern)
        if fault is None:
            return success(await self._run(route, call), call.log_id)
        return await self._unlucky(fault, route, call)

    async def _unlucky(self, fault: Fault, route: Route, call: Call) -> Response:
        world, going = self._world, misfortunes.before(self._world, fault, route, call)
        if isinstance(going, Raw):
            return success(going, call.log_id)
        if fault.kind == "delay":
            await asyncio.sleep(fault.delay_ms / 1000)
        result = await self._run(route, going)
        if fault.kind == "replica-lag":
            world.lag.hide(made_ids(result), fault.delay_ms)
        response = success(result, call.log_id)
        try:
            misfortunes.after(fault)
        except Broken as broken:
            raise Unsent(broken, response) from None
        return response

    async def _run(self, route: Route, call: Call) -> Json | Raw:
        if not route.writes_base:
            result = await _result(route, self._world, call)
            self._world.news.tell_call(route.method, route.pattern)
            self._after_call(call.path)
            return result
        app_token = call.params["app_token"]
        if app_token in self._writing:
            kinds = {self._writing[app_token], call.caller.kind}
            self._world.stats.overlapped("people" if "user" in kinds else "app")
            code = self._world.switches.overlap_code
            raise Refusal(
                code, OVERLAPS.get(code, "Conflict"), detail="another write to this base is in progress"
            )
        self._writing[app_token] = call.caller.kind
        try:
            if self._world.switches.write_ms:
                await asyncio.sleep(self._world.switches.write_ms / 1000)
            result = await _result(route, self._world, call)
            self._world.news.tell_call(route.method, route.pattern)
            return result
        finally:
            del self._writing[app_token]
            self._after_call(call.path)


def spoken_as(path: str) -> tuple[str, str]:
    """open_id and the rest of ``/_sandbox/as/:open_id/…``, as a person's client calls; else "" and all."""
    if not path.startswith(AS_PERSON + "/"):
        return "", path
    open_id, _, rest = path.removeprefix(AS_PERSON + "/").partition("/")
    return open_id, f"/{rest}"


def check_v3(switches: Switches, call: Call) -> None:
    """Some tenants do not answer base v3 at all, others were seen to answer 5000 to everything."""
    if switches.base_v3 == "off":
        raise Refusal(99991201, f"404 page not found: {call.method} {call.path}", status=404)
    if switches.base_v3 == "broken":
        raise Refusal(5000, "internal error", status=500)


async def _result(route: Route, world: World, call: Call) -> Json | Raw:
    """Runs the handler; the few control handlers that wait (clock, click) return an awaitable."""
    result: Any = route.handler(world, call)
    answer: Json | Raw = await result if inspect.isawaitable(result) else result
    return answer
