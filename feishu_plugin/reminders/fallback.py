"""What follows when a card will never reach its reader: the same card for somebody else. Pure.

The stand-ins are looked for only then, as things are at that moment: backup, manager, leader, at
last the administrators, each once. Whom no card reaches the administrators hear, once.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from feishu_plugin.errors import FeishuError
from feishu_plugin.ports import Effect
from feishu_plugin.records import Record, Requirement
from feishu_plugin.reminders.audience import Circle
from feishu_plugin.reminders.notice import passed_on
from feishu_plugin.reminders.readdress import readdressed
from feishu_plugin.reminders.standins import Standby
from feishu_plugin.rules.actions import Tell

Told = tuple[Record, Tell]

_RANGE = "请在开发者后台「版本管理与发布 → 可用范围」加入此人 add them to the app's availability range"
_GONE = "已离职或账号停用，请交接其需求并改分派规则 has left: hand their work over, mend the routes"
_STOPPED = "已停用机器人，请本人在飞书中重新启用 stopped the bot: ask them to enable it again"
_UNKNOWN = "飞书不认识这个人，请检查人员列 Feishu does not know them: check the people columns"
_ADVICE = {230013: _RANGE, 230035: _RANGE, 230029: _GONE, 230053: _STOPPED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """Finds who gets a card instead, and tells the administrators who cannot be reached."""

    circle: Circle
    records: Callable[[Sequence[str]], Iterable[Requirement]]
    """The requirements of these record ids as they were accepted; those that are gone are left out."""
    say: Callable[[Iterable[Told]], Sequence[Effect]]
    """The cards of these notices."""
    now: datetime

    def instead(self, effect: Effect) -> list[Effect]:
        """The card for the next stand-in; none when everybody was tried."""
        meant = effect.body.get("in_place_of") or effect.target
        tried = [*effect.body.get("tried", ()), effect.target]
        # Who got an earlier stage of it knows: the escalation goes past them.
        known = {*tried, *effect.body.get("heard", ())}
        to = next((one for one in self._candidates(effect, meant) if one not in known), "")
        if not to:
            return []
        name = self.circle.people(meant).name or meant
        told = effect.body if "card" in effect.body else {"card": effect.body}
        card = readdressed(told["card"], to, meant, f"代 {name} 接收", f"Received for {name}")
        body = {**told, "card": card, "in_place_of": meant, "tried": tried}
        covers = tuple(passed_on(one, to) for one in effect.covers)
        identity = f"{effect.identity}:to:{to}"
        return [
            replace(
                effect, identity=identity, target=to, body=body, not_before=self.now, covers=covers, folds=()
            )
        ]

    def unreachable(self, refused: Iterable[tuple[str, FeishuError]]) -> Sequence[Effect]:
        """Word to the administrators of each person (open_id) and kind of refusal, once for ever."""
        return self.say((Record(record_id=""), self._trouble(one, error)) for one, error in refused)

    def refused_arrival(self, effect: Effect, error: FeishuError) -> Sequence[Effect]:
        """Word to the administrators of a requirement from outside that Feishu never takes, once."""
        key = effect.body.get("import_key", effect.identity)
        note = (
            f"外部提交的需求未能写入（{key}）：{error.code}，内容已保留，请修正后用新的编号重新提交 "
            "a requirement from outside was refused; it is kept: mend it and send it under a new key"
        )
        tell = Tell(event="trouble", identity=effect.identity, facts={"note": note})
        return self.say([(Record(record_id=""), tell)])

    def _trouble(self, open_id: str, error: FeishuError) -> Tell:
        note = self._note(open_id, error)
        return Tell(event="trouble", identity=f"unreachable:{open_id}:{error.code}", facts={"note": note})

    def _note(self, open_id: str, error: FeishuError) -> str:
        name = self.circle.people(open_id).name or open_id
        said = f"提醒发不到 {name}（{error.code}），已改发替补人 out of reach, cards go to a stand-in"
        return f"{said}：{_ADVICE.get(error.code, _UNKNOWN)}"

    def _candidates(self, effect: Effect, meant: str) -> Iterator[str]:
        """Best first; for a card about many requirements those who stand in for most of them."""
        audience = effect.body.get("audience", "")
        records = list(self.records(effect.body.get("requirements", ()))) or [Requirement(record_id="")]
        found: Counter[str] = Counter()
        for record in records:
            there = Standby(circle=self.circle, audience=audience, record=record, at=self.now)
            found.update(there.others(meant))
        return (one for one, _ in found.most_common())
