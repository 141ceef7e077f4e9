"""Step 1: App ID and App Secret that Feishu takes."""

from feishu_plugin.app.setup.run import APP_ID, SECRET, TRIES, Run
from feishu_plugin.errors import FeishuError, FeishuRefused, SettingsError
from feishu_plugin.language import Phrase

_WHERE = ("FEISHU_BASE_URL", "FEISHU_PLUGIN_DATABASE", "FEISHU_PLUGIN_CLOCK", "FEISHU_PLUGIN_PACED")
"""Settings that decide where everything is: a later command in this folder must find the same."""
_APP_ID = Phrase("App ID（开发者后台 → 凭证与基础信息）", "App ID (developer console → 凭证与基础信息)")
_SECRET = Phrase("App Secret（输入时不显示）", "App Secret (not shown while you type)")
_AGAIN = Phrase("按回车重新输入", "Press Enter to type them again")


def credentials(run: Run) -> None:
    """Takes those that are set, asks for those that are not, and tries them."""
    run.values[APP_ID] = run.wishes.app_id or run.values.get(APP_ID, "")
    if not (run.values[APP_ID] and run.values.get(SECRET)):
        _ask(run)
    for left in reversed(range(TRIES)):
        error = _refusal(run)
        if error is None:
            break
        run.talk.say(f"✗ {error}")
        if not left or not run.talk.wait(_AGAIN):
            raise error
        run.values[APP_ID] = ""
        _ask(run)
    there = run.file.values()
    where = {name: run.values[name] for name in _WHERE if name in run.values and name not in there}
    run.keep(**{APP_ID: run.values[APP_ID], SECRET: run.values[SECRET], **where})
    run.talk.say(Phrase(f"✓ 应用凭证：{run.values[APP_ID]}", f"✓ credentials: {run.values[APP_ID]}"))


def _ask(run: Run) -> None:
    run.values[APP_ID] = run.values[APP_ID] or run.talk.ask(_APP_ID)
    run.values[SECRET] = run.talk.ask_secret(_SECRET)
    if missing := [name for name in (APP_ID, SECRET) if not run.values[name]]:
        names = ", ".join(missing)
        raise SettingsError(
            Phrase(
                f"缺少设置：{names}（请写进环境变量）",
                f"missing settings: {names} (set them in the environment)",
            )
        )


def _refusal(run: Run) -> FeishuError | None:
    with run.feishu() as feishu:
        try:
            feishu.sign_in()
        except FeishuRefused as error:
            return error
    return None
