"""The pages of a running service for those who watch it: alive, ready, health, figures.

They have no password and hold no secret: keep them on loopback or behind a proxy.
"""

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from feishu_plugin.app.figures import Figures
from feishu_plugin.app.standing import Standing


def pages(standing: Standing, figures: Figures) -> list[BaseRoute]:
    """``/healthz``, ``/readyz``, ``/health`` and ``/metrics``."""
    figures.look_at(standing.figures)

    async def alive(request: Request) -> Response:
        """200 for as long as the process answers; asks nothing, waits for nothing."""
        return JSONResponse({"alive": True})

    def ready(request: Request) -> Response:
        """200, or 503 with every reason in words."""
        reasons = standing.reasons()
        return JSONResponse({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)

    def health(request: Request) -> Response:
        return JSONResponse(standing.health())

    def metrics(request: Request) -> Response:
        return Response(figures.text(), media_type=CONTENT_TYPE_LATEST)

    return [
        Route("/healthz", alive),
        Route("/readyz", ready),
        Route("/health", health),
        Route("/metrics", metrics),
    ]
