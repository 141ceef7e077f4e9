"""Step 3: who hears of trouble, and may open a base that the app makes."""

from collections.abc import Sequence

from feishu_plugin.app.setup.run import ADMINISTRATORS, TRIES, Run
from feishu_plugin.errors import FeishuRefused, SettingsError
from feishu_plugin.gateway.contacts import Contacts
from feishu_plugin.language import Phrase

_QUESTION = Phrase(
    "管理员的登录邮箱，多个用逗号分隔", "Log-in e-mail addresses of the administrators, with commas"
)


def administrators(run: Run) -> None:
    """Takes those that are set or asks, and looks them up; nobody is an answer, too."""
    named = run.wishes.administrators or run.values.get(ADMINISTRATORS, "") or run.talk.ask(_QUESTION)
    for left in reversed(range(TRIES)):
        if not named or not (lost := _nobody(run, named)):
            break
        addresses = ", ".join(lost)
        wrong = Phrase(
            f"{ADMINISTRATORS}：没有人用这个邮箱登录：{addresses}",
            f"{ADMINISTRATORS}: nobody has the address {addresses}",
        )
        if not left:
            raise SettingsError(wrong)
        run.talk.say(f"✗ {wrong}")
        named = run.talk.ask(_QUESTION, named)
    if named:
        run.keep(**{ADMINISTRATORS: named})
        run.talk.say(Phrase(f"✓ 管理员：{named}", f"✓ administrators: {named}"))


def _nobody(run: Run, named: str) -> Sequence[str]:
    """The addresses that are nobody's; none when the app may not ask, which doctor tells."""
    wanted = [one.strip() for one in named.split(",") if "@" in one]
    with run.feishu() as feishu:
        try:
            known = Contacts(feishu, {}).by_email(wanted)
        except FeishuRefused:
            return ()
    return [one for one in wanted if one not in known]
