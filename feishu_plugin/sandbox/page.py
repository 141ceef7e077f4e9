"""Serves the page in the browser below ``/_sandbox/page/``: files that Node built, nothing that thinks.

The folder ``built`` is made by ``make page`` and travels in the wheel; a clone without Node has none.
"""

from pathlib import Path
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

FOLDER = Path(__file__).parent / "built"
ADDRESS = "/_sandbox/page/"
NOT_BUILT = (
    "这份安装里没有沙盒页面。在源码目录运行 make page（需要 Node 20 或更新版本），再刷新本页。\n"
    "This installation has no page for the sandbox. In a clone run `make page` (it needs Node 20 or newer), "
    "then reload.\n"
)


def where(base_url: str) -> str:
    """One line for whoever started the sandbox: the page's address, or how to get a page."""
    if (FOLDER / "index.html").is_file():
        return f"浏览器页面 · page in the browser: {base_url}{ADDRESS}"
    return (
        "没有浏览器页面：运行 make page（需要 Node 20） · no page in the browser: make page (needs Node 20)"
    )


async def _home(_: Request) -> Response:
    return RedirectResponse(ADDRESS)


async def _base(request: Request) -> Response:
    """What a link in a message or letter leads to: the base, table and record on the page."""
    place = {"base": request.path_params["app_token"], **request.query_params}
    return RedirectResponse(f"{ADDRESS}#{urlencode(place)}")


async def _not_built(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse(NOT_BUILT, status_code=404)(scope, receive, send)


class Page:
    """The built files, or how to build them; looked at anew with each request."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = StaticFiles(directory=folder, html=True, check_dir=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        built = (self._folder / "index.html").is_file()
        await (self._files if built else _not_built)(scope, receive, send)


ROUTES: list[BaseRoute] = [
    Route("/", _home, methods=["GET"]),
    Route("/base/{app_token}", _base, methods=["GET"]),
    Mount(ADDRESS.rstrip("/"), app=Page(FOLDER)),
]
