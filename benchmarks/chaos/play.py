"""One fixed story: a week of edits of every kind, with cards pressed, mails sent and a month reported.

People look at nothing the service decides in passing: what they do is the same in every play.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.chaos.scene import BEGIN, CHEN, LIN, SHEN, ZHAO, ZHOU, Scene
from feishu_plugin import demo
from feishu_plugin.demo.stage import Json

STATUS = "当前状态"
_SAMPLE = Path(demo.__file__).with_name("sample.json")
_A_MINUTE_S = 65.0
_ROWS = 12
_LATE = (16, 17, 20)
"""Places in the sample of what is added one by one, later: each of another department, because deliveries
may overtake each other and numbers are given in the order in which they come."""


class Play:
    """The steps of the story, in order; ``rows`` are the requirements by their place in the sample."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._sample = json.loads(_SAMPLE.read_text(encoding="utf-8"))
        self._rows: dict[int, str] = {}
        self._customers: list[str] = []

    def steps(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """When something happens, and what; each begins when the one before has come to rest."""
        day = BEGIN.replace(hour=0, minute=0)
        story: tuple[tuple[int, int, int, Callable[[], None]], ...] = (
            (0, 9, 10, self.customers_and_a_paste),
            (0, 9, 30, self.work_begins),
            (0, 9, 50, self.illegal_moves),
            (0, 10, 10, self.quick_moves),
            (0, 10, 30, self.a_careless_paste),
            (0, 10, 50, self.cards_are_pressed),
            (0, 11, 10, self.an_override),
            (0, 11, 30, self.some_is_done),
            (0, 14, 0, self.more_comes_in),
            (1, 9, 20, self.the_morning),
            (1, 10, 0, self.customers_confirm),
            (1, 18, 10, self.nothing),
            (4, 9, 20, self.a_plan_is_postponed),
            (5, 9, 20, self.nothing),
            (5, 11, 0, self.a_late_edit),
            (6, 9, 20, self.nothing),
            (6, 12, 0, self.nothing),
        )
        for days, hour, minute, what in story:
            yield day + timedelta(days=days, hours=hour, minutes=minute), what

    def customers_and_a_paste(self) -> None:
        """12 requirements of 4 customers come at once."""
        rows = self._sample["customers"][:4]
        self._customers = self._scene.create(ZHOU, "customer", [_customer(row) for row in rows])
        wanted = [row for row in self._sample["requirements"] if row["customer"] < 4][:_ROWS]
        ids = self._scene.create(ZHOU, "requirement", [self._requirement(row) for row in wanted])
        self._rows = dict(enumerate(ids))

    def work_begins(self) -> None:
        """Half of them get a plan; two are late on Friday."""
        days = (1, 1, 4, 4, 14, 14)
        changes = {self._rows[n]: {STATUS: "处理中", "计划完成时间": self._ms(d)} for n, d in enumerate(days)}
        self._edit(LIN, changes)

    def illegal_moves(self) -> None:
        """Each is put back, with a card to whoever tried it."""
        self._edit(ZHAO, {self._rows[6]: {STATUS: "已完成"}})
        self._edit(ZHOU, {self._rows[7]: {STATUS: "已搁置"}})
        self._edit(ZHOU, {self._rows[8]: {STATUS: "已搁置", "备注": "以后再说"}})

    def quick_moves(self) -> None:
        """Two legal moves at once are no jump."""
        waits = {STATUS: "待客户配合", "需求进展": "等客户给数据"}
        self._edit(LIN, {self._rows[10]: {STATUS: "处理中", "计划完成时间": self._ms(14)}})
        self._edit(LIN, {self._rows[10]: waits})
        self._edit(CHEN, {self._rows[1]: {STATUS: "测试验证", "处理方案": "加汇总", "需求进展": "提测"}})
        self._edit(CHEN, {self._rows[1]: {STATUS: "处理中", "需求进展": "汇总口径不对"}})

    def a_careless_paste(self) -> None:
        """One paste spoils the status of five rows, and adds a remark that stays."""
        changes = {self._rows[n]: {STATUS: "已关闭", "备注": "批量整理"} for n in (5, 6, 7, 9, 11)}
        self._edit(ZHOU, changes)

    def cards_are_pressed(self) -> None:
        """A refused move is completed in its card, another one released by the manager."""
        filled = {"shelve_reason": "排期", "follow_up": "下月再看"}
        self._scene.press(ZHOU, self._card(ZHOU, "补全后重试", 7), "retry", filled)
        self._scene.press(ZHOU, self._card(ZHOU, "申请放行", 8), "ask", {"reason": "客户很急"})
        until = f"{BEGIN + timedelta(days=5):%Y-%m-%d} +0800"
        asked = self._card(SHEN, "客户很急", 8)
        self._scene.press(SHEN, asked, "grant", {"reason": "老客户", "until": until})

    def an_override(self) -> None:
        """A person sets the priority until Friday; another forgets the reason."""
        manual = {"人工优先级": "高", "改写理由": "大客户续约", "改写有效期": self._ms(1)}
        self._edit(SHEN, {self._rows[9]: manual})
        self._edit(SHEN, {self._rows[11]: {"人工优先级": "高"}})

    def some_is_done(self) -> None:
        """Two quick moves to done for one, one move for a question."""
        plan = {"处理方案": "修复", "需求进展": "验证中"}
        self._edit(ZHAO, {self._rows[2]: {STATUS: "测试验证", **plan}})
        self._edit(ZHAO, {self._rows[2]: {STATUS: "已完成", "处理结果": "已发布"}})
        self._edit(LIN, {self._rows[3]: {STATUS: "已完成", "处理结果": "已发送说明"}})

    def more_comes_in(self) -> None:
        """New requirements one by one, one of them over and over edited."""
        rows = [self._sample["requirements"][place] for place in _LATE]
        for place, row in enumerate(rows, len(self._rows)):
            [self._rows[place]] = self._scene.create(LIN, "requirement", [self._requirement(row)])
        for text in ("先看日志", "先看日志和配置", "先看日志、配置和网络"):
            self._edit(ZHAO, {self._rows[len(self._rows) - 1]: {"需求进展": text}})

    def the_morning(self) -> None:
        """A line of the morning card is answered."""
        message = self._scene.last_card(ZHAO, "今日提醒")
        self._scene.press(ZHAO, message, "progress", {"record": self._rows[0], "note": "已定位"})

    def customers_confirm(self) -> None:
        """One is content and closed, one is not and comes back; a form is filled in."""
        self._edit(ZHOU, {self._rows[2]: {"客户确认": "已解决", "满意度评分": 5, STATUS: "已关闭"}})
        number = self._scene.rows("requirement")[self._rows[3]]["需求编号"][0]["text"]
        answer = {"需求编号": number, "是否解决": "未解决", "满意度评分": 2, "意见": "没有解决"}
        self._scene.create(ZHOU, "survey", [answer])

    def a_plan_is_postponed(self) -> None:
        """From the card that says it is late."""
        until = f"{BEGIN + timedelta(days=20):%Y-%m-%d}"
        card = self._card(ZHAO, "已超期：2026", 6)
        self._scene.press(ZHAO, card, "postpone", {"until": until, "note": "等供应商接口"})

    def a_late_edit(self) -> None:
        """Something of the month before is mended after its report."""
        self._edit(LIN, {self._rows[4]: {"需求进展": "补记", "客户价值": 5}})

    def nothing(self) -> None:
        """Only time passes."""

    def _edit(self, who: str, changes: Mapping[str, Json]) -> None:
        self._scene.edit(who, "requirement", changes)

    def _card(self, who: str, holding: str, row: int) -> Json:
        """The newest card of a person about a requirement."""
        to, record = self._scene.people[who]["open_id"], self._rows[row]
        texts = ((m, json.dumps(m["content"], ensure_ascii=False)) for m in self._scene.messages())
        return [m for m, text in texts if m["to"] == to and holding in text and record in text][-1]

    def _ms(self, days: int) -> int:
        """Midnight of a day of the story."""
        at = BEGIN.replace(hour=0, minute=0) + timedelta(days=days)
        return int(at.timestamp() * 1000)

    def _requirement(self, row: Json) -> Json:
        known = row["customer"] < len(self._customers)
        return {
            "需求标题": row["title"],
            **({"客户": [self._customers[row["customer"]]]} if known else {}),
            "需求类型": row["type"],
            "需求来源": row["source"],
            "紧急程度": row["urgency"],
            "影响范围": row["scope"],
            "需求描述": row["description"],
        }


def _customer(row: Json) -> Json:
    email = {"邮箱": row["email"]} if "email" in row else {}
    return {"客户名称": row["name"], "客户等级": row["level"], "联系人": row["contact"], **email}


Around = Callable[[int, Callable[[], None]], None]
"""Given the number of a step and the step itself, which it must perform."""


def perform(scene: Scene, around: Around = lambda number, step: step()) -> None:
    """Plays the whole story; ``around`` may do something before, during and after each step."""
    scene.raise_service()
    scene.until_quiet()
    for number, (at, what) in enumerate(Play(scene).steps()):
        scene.go_to(at)
        # Waiting for a dead service took time; people act when the story says, or due times would differ.
        scene.set_clock(at)
        around(number, what)
        scene.until_quiet()
        # What the step brought about is told a minute later, in every play and not only in disturbed ones.
        scene.pass_time(_A_MINUTE_S)
