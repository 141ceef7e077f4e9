"""``docs/sandbox-coverage.md``: every endpoint the sandbox serves, written from its route list."""

from collections.abc import Sequence

from feishu_plugin.app.docs.markdown import GENERATED, table
from feishu_plugin.sandbox.envelope import Route

_INTRO = """\
# 沙箱覆盖范围 · What the sandbox serves

{generated}

沙箱是一个本地飞书。下表列出它提供的全部接口；其余路径返回 JSON 404，并在日志中写明路径。
频率档位是飞书文档中的接口频率限制档位；“写”表示同一多维表格同时只允许一个这样的调用（否则 1254291）。

The sandbox is a local Feishu. Every path it serves is listed; any other answers JSON 404 and is
named in the log. The tier is Feishu's rate tier; "write": one such call per base at a time
(else 1254291).
"""
_CONTROL = "/_sandbox"


def render(routes: Sequence[Route]) -> str:
    """The whole page as Markdown."""
    feishu = [route for route in routes if not route.pattern.startswith(_CONTROL)]
    control = [route for route in routes if route.pattern.startswith(_CONTROL)]
    lines = [_INTRO.format(generated=GENERATED), f"## 飞书接口 · Feishu ({len(feishu)})", ""]
    lines += table(
        ("方法 Method", "路径 Path", "说明 Summary", "档位 Tier", "写 Write"), map(_endpoint, feishu)
    )
    lines += [f"## 控制接口 · Control ({len(control)})", ""]
    lines += table(("方法 Method", "路径 Path", "说明 Summary"), (_endpoint(route)[:3] for route in control))
    return "\n".join(lines)


def _endpoint(route: Route) -> tuple[str, ...]:
    write = "✓" if route.writes_base else ""
    return route.method, f"`{route.pattern}`", route.summary, route.tier or "–", write
