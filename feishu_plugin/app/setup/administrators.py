"""Step 3: who hears of trouble, and may open a base that the app makes."""

from collections.abc import Sequence

from feishu_plugin.app.setup.run import ADMINISTRATORS, TRIES, Run
from feishu_plugin.errors import FeishuError, FeishuUnreachable, SettingsError
from feishu_plugin.gateway.contacts import Contacts

_QUESTION = "管理员的登录邮箱，多个用逗号 e-mail addresses of the administrators, with commas"


def administrators(run: Run) -> None:
    """Takes those that are set or asks, and looks them up; nobody is an answer, too."""
    named = run.wishes.administrators or run.values.get(ADMINISTRATORS, "") or run.talk.ask(_QUESTION)
    for left in reversed(range(TRIES)):
        if not named or not (lost := _nobody(run, named)):
            break
        wrong = f"{ADMINISTRATORS}: 找不到 nobody has the address {', '.join(lost)}"
        if not left:
            raise SettingsError(wrong)
        run.talk.say(f"✗ {wrong}")
        named = run.talk.ask(_QUESTION, named)
    if named:
        run.keep(**{ADMINISTRATORS: named})
        run.talk.say(f"✓ 管理员 administrators: {named}")


def _nobody(run: Run, named: str) -> Sequence[str]:
    """The addresses that are nobody's; none when the app may not ask, which doctor tells."""
    wanted = [one.strip() for one in named.split(",") if "@" in one]
    with run.feishu() as feishu:
        try:
            known = Contacts(feishu, {}).by_email(wanted)
        except FeishuUnreachable:
            raise
        except FeishuError:
            return ()
    return [one for one in wanted if one not in known]
