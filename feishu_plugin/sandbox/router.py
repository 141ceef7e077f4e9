"""Finds the route of a request by method and path; knows no endpoint by name."""

from collections.abc import Iterable

from feishu_plugin.sandbox.envelope import Refusal, Route


class Router:
    """All routes, indexed by method and number of path segments; literal segments win."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes: dict[tuple[str, int], list[tuple[list[str], Route]]] = {}
        for route in sorted(routes, key=lambda route: route.pattern.count(":")):
            parts = route.pattern.strip("/").split("/")
            self._routes.setdefault((route.method, len(parts)), []).append((parts, route))

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """The route and its path parameters; an unknown path raises 99991201 (HTTP 404)."""
        parts = path.strip("/").split("/")
        for pattern, route in self._routes.get((method, len(parts)), ()):
            params = _match(pattern, parts)
            if params is not None:
                return route, params
        raise Refusal(99991201, f"no such path in this sandbox: {method} {path}", status=404)


def _match(pattern: list[str], parts: list[str]) -> dict[str, str] | None:
    params: dict[str, str] = {}
    for expected, part in zip(pattern, parts, strict=True):
        if expected.startswith(":"):
            params[expected[1:]] = part
        elif expected != part:
            return None
    return params
