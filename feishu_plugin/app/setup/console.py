"""Step 2: what only a person can do, in the developer console, while a long connection is open."""

from collections.abc import Iterator
from contextlib import contextmanager

from feishu_plugin.app.setup.run import Run
from feishu_plugin.app.setup.words import CALLBACKS, EVENTS, console_steps
from feishu_plugin.errors import FeishuError, FeishuRefused
from feishu_plugin.gateway import application
from feishu_plugin.gateway.listener import AppCredentials
from feishu_plugin.gateway.long_connection import LongConnection
from feishu_plugin.gateway.scopes import SCOPES
from feishu_plugin.language import Phrase

_CONNECT_S = 30.0
_LOOK = Phrase(
    "✓ 权限已生效；事件与回调请在开发者后台确认：保存时要有长连接，"
    "即 `feishu-plugin init`（不带 --yes）或 `serve` 正在运行",
    "✓ the scopes are in force; events and callbacks are saved in the console while "
    "`feishu-plugin init` (without --yes) or `serve` runs",
)
_IN_FORCE = Phrase("✓ 权限已生效", "✓ the scopes are in force")
_WAIT = Phrase("全部完成、版本审核通过之后按回车", "All done and the version approved: press Enter")
_GO_ON = Phrase("先继续，以后再补？", "Go on without them for now?")
_OPEN = Phrase("✓ 长连接已打开，请让本命令继续运行", "✓ the long connection is open: leave this running")


def console(run: Run) -> None:
    """Tells the steps and waits until the scopes are in force; nothing when that is so already."""
    missing = _missing(run)
    if not missing and (run.recalled().get("console") or _is_subscribed(run)):
        run.talk.say(Phrase("✓ 开发者后台", "✓ developer console"))
        return
    steps = console_steps(run.settings())
    if not run.talk.is_person:
        run.talk.say(steps if missing else _LOOK)
        return
    with _connected(run):
        run.talk.say(steps)
        while run.talk.wait(_WAIT):
            if not (missing := _missing(run)):
                run.note(console=True)
                run.talk.say(_IN_FORCE)
                return
            names = ", ".join(missing)
            run.talk.say(Phrase(f"✗ 还没有生效：{names}", f"✗ not in force yet: {names}"))
            if run.talk.agrees(_GO_ON):
                return


def _missing(run: Run) -> list[str]:
    """Names of scopes that are not in force, or why that cannot be said."""
    with run.feishu() as feishu:
        try:
            granted = application.scopes(feishu).granted
        except FeishuRefused as error:
            return [str(error)]
    return [one.name for one in SCOPES if not one.is_extra and ("tenant", one.name) not in granted]


def _is_subscribed(run: Run) -> bool:
    """True when Feishu says so; it tells only apps that may manage themselves."""
    with run.feishu() as feishu:
        try:
            found = application.app(feishu)
        except FeishuRefused:
            return False
    wanted = (set(EVENTS), found.events), (set(CALLBACKS), found.callbacks)
    return found.online and all(has is not None and names <= has for names, has in wanted)


@contextmanager
def _connected(run: Run) -> Iterator[None]:
    """A long connection for as long as the console needs one; what comes over it is stored."""
    settings = run.settings()
    if settings.connection == "webhook":
        yield
        return
    secret = settings.app_secret.get_secret_value()
    keys = AppCredentials(base_url=settings.base_url, app_id=settings.app_id, app_secret=secret)
    line = LongConnection(keys, "feishu_plugin.app.receiving:accept_for", (settings,))
    line.start()
    try:
        if line.wait_connected(_CONNECT_S):
            run.talk.say(_OPEN)
        else:
            run.talk.say(_not_open(line.error))
        yield
    finally:
        line.stop()


def _not_open(error: FeishuError | None) -> Phrase:
    slow = Phrase(f"{_CONNECT_S:.0f} 秒内没有连上", f"not within {_CONNECT_S:.0f} s")
    why = error.phrase if error else slow
    return Phrase(f"✗ 长连接没有打开：{why.zh}", f"✗ the long connection is not open: {why.en}")
