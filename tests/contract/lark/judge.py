"""The official Python SDK as a judge: typed builders, both its ways of calling, one line per verdict."""

import asyncio
import importlib
import json
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any

import lark_oapi as lark
from lark_oapi.core.model import RequestOption

Json = dict[str, Any]


def built(kind: Any, values: Mapping[str, Any]) -> Any:
    """A typed model of the SDK, every value through its builder."""
    builder = kind.builder()
    for name, value in values.items():
        builder = getattr(builder, name)(value)
    return builder.build()


def model(package: str, kind: str, /, **values: Any) -> Any:
    """For example ``model("bitable.v1", "ReqApp", name="x")``."""
    return built(getattr(importlib.import_module(f"lark_oapi.api.{package}"), kind), values)


class Refused(Exception):
    """The answer's code was not 0."""


class Judge:
    """One client of the sandbox, in one of the SDK's two ways of calling."""

    def __init__(self, ready: Json, *, asynchronous: bool) -> None:
        self.ready, self.asynchronous = ready, asynchronous
        builder = lark.Client.builder().app_id(ready["app_id"]).app_secret(ready["app_secret"])
        builder = builder.domain(ready["base_url"])
        self.app = builder.build()
        self.anybody = builder.enable_set_token(True).build()
        """The SDK takes a person's token only from a client that was told so."""

    def ask(self, call: str, option: Any = None, **values: Any) -> Any:
        """The SDK's response to for example ``ask("bitable.v1.app_table.create", app_token=…)``."""
        area, version, resource, method = call.split(".")
        words = "".join(word.capitalize() for word in f"{method}_{resource}".split("_"))
        request = model(f"{area}.{version}", f"{words}Request", **values)
        client = self.app if option is None else self.anybody
        target = getattr(getattr(getattr(client, area), version), resource)
        if self.asynchronous:
            return asyncio.run(getattr(target, f"a{method}")(request, option))
        return getattr(target, method)(request, option)

    def good(self, call: str, option: Any = None, **values: Any) -> Any:
        """The data of a response that succeeded."""
        response = self.ask(call, option, **values)
        if not response.success():
            raise Refused(f"{call}: {response.code} {response.msg} {response.error} {response.get_log_id()}")
        return getattr(response, "data", None)

    def every(self, call: str, **values: Any) -> list[Any]:
        """The items of all pages, as the SDK's own examples walk them."""
        items: list[Any] = []
        token: Json = {}
        while True:
            page = self.good(call, **values, **token)
            items += page.items or []
            if not page.has_more:
                return items
            token = {"page_token": page.page_token}

    def person(self, place: int) -> Any:
        """An option that calls as this person."""
        user = self.ready["users"][place]
        return RequestOption.builder().user_access_token(user["user_access_token"]).build()


Scenario = Callable[[Judge], None]


def main(scenarios: Mapping[str, Scenario]) -> None:
    """``python -m … '<ready line>'``: plays every scenario both ways, prints one JSON line for each."""
    ready = json.loads(sys.argv[1])
    for asynchronous in (False, True):
        for name, scenario in scenarios.items():
            way = "async" if asynchronous else "sync"
            told = {"scenario": name, "way": way, "error": verdict(scenario, ready, asynchronous)}
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()


def verdict(scenario: Scenario, ready: Json, asynchronous: bool) -> str | None:
    """None, or the traceback of what the scenario found wrong."""
    try:
        scenario(Judge(ready, asynchronous=asynchronous))
    except Exception:
        return traceback.format_exc()
    return None
