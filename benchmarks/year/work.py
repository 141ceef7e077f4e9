"""What the people of the company do to the register, by seeded dice: when, who, and with which cells.

They look at a row as it stands before they touch it, as people do. Nobody here knows what the
plugin will say to it.
"""

import heapq
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from benchmarks.figures import Json
from benchmarks.year import calendar
from benchmarks.year.company import MANAGEMENT, SUPPORT, Company
from benchmarks.year.history import Row

STATUS, PLAN = "当前状态", "计划完成时间"
_KINDS = {
    "服务咨询": 25,
    "投诉": 12,
    "建议": 8,
    "问题反馈": 25,
    "新功能开发": 12,
    "功能优化": 10,
    "定制化": 4,
    "其他": 4,
}
_ANSWERED_AT_ONCE = frozenset({"服务咨询", "投诉", "建议"})
_WHERE = ("门店", "总部", "仓库", "财务", "客服", "采购", "手机端", "平板", "网页", "小程序", "收银台")
_SIGNS = (
    "登录结算库存对账发票报表导入权限审批打印扫码排班会员优惠地图接口搜索消息看板余额押金配送退换合同"
    "超时报错白屏闪退重复丢失乱码错位卡住延迟漏单错单缺货断网掉线失效过期锁定冲突溢出偏移模糊跳转空白"
)
_ALIKE = 0.03
"""How often somebody reports what was reported before."""
_AT_NIGHT = 0.05
_A_MOMENT = timedelta(minutes=1)
_NEGLECTED = 0.12


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One call of one person: rows to add, or rows to change, in a table."""

    who: str
    table: str = "requirement"
    rows: tuple[Json, ...] = ()
    changes: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, order=True)
class _Plan:
    when: datetime
    number: int
    record_id: str
    """Empty: something new comes in."""


class Work:
    """The colleagues' intentions, in order of time."""

    def __init__(self, company: Company, begin: date, days: int, dice: random.Random) -> None:
        self._company, self._begin, self._days, self._dice = company, begin, days, dice
        self._plans: list[_Plan] = []
        self._number = 0
        self._pastes: dict[int, int] = {}
        self._silent: set[str] = set()
        self._said: list[tuple[str, str]] = []

    def expect(self, requirements: int) -> None:
        """So many requirements come in over the time, some of them in pastes."""
        left = requirements
        while left > 0:
            size = min(left, self._dice.randint(5, 30) if self._dice.random() < 0.02 else 1)
            self._pastes[self._plan(self._some_moment(), "")] = size
            left -= size

    def next_at(self) -> datetime | None:
        """When somebody does something next."""
        return self._plans[0].when if self._plans else None

    def until(self, now: datetime, look: Callable[[str], Row | None]) -> Iterator[tuple[datetime, Deed]]:
        """Everything that is done up to a moment, oldest first; each row is touched once at most."""
        touched: set[str] = set()
        while self._plans and self._plans[0].when <= now:
            plan = heapq.heappop(self._plans)
            if plan.record_id in touched:
                self._plan(now + _A_MOMENT, plan.record_id)
                continue
            deed = self._come_in(plan) if not plan.record_id else self._touch(plan, look(plan.record_id))
            touched.add(plan.record_id or str(plan.number))
            if deed is not None:
                yield plan.when, deed

    def take_up(self, record_id: str, now: datetime) -> None:
        """Somebody will look at a row that has just come in."""
        self._plan(self._later(now, 5), record_id)

    def _plan(self, when: datetime, record_id: str) -> int:
        self._number += 1
        heapq.heappush(self._plans, _Plan(when, self._number, record_id))
        return self._number

    def _some_moment(self) -> datetime:
        day = self._begin + timedelta(days=self._dice.randrange(self._days))
        if self._dice.random() >= 2 * _AT_NIGHT:
            day = calendar.workday_from(day)
            return self._in_hours(day)
        return calendar.at(day, time(self._dice.choice((0, 6, 7, 12, 19, 20, 21, 22, 23)), self._minute()))

    def _in_hours(self, day: date) -> datetime:
        return calendar.at(day, time(self._dice.choice((9, 10, 11, 13, 14, 15, 16, 17)), self._minute()))

    def _minute(self) -> int:
        return self._dice.randrange(1, 60)

    def _later(self, now: datetime, hours: float) -> datetime:
        """Some working hours later, but for the few who work at night and on days off."""
        when = calendar.after(now, self._dice.expovariate(1 / hours))
        if self._dice.random() < _AT_NIGHT:
            day = when.date() + timedelta(days=self._dice.randrange(3))
            return calendar.at(day, time(self._dice.choice((20, 21, 22, 23)), self._minute()))
        return when + timedelta(seconds=self._dice.randrange(1, 60))

    def _come_in(self, plan: _Plan) -> Deed:
        rows = tuple(self._new_row() for _ in range(self._pastes[plan.number]))
        clerks = [one for one in self._company.of(SUPPORT) if not self._is_off(one, plan.when)]
        return Deed(who=self._dice.choice(clerks or self._company.of(MANAGEMENT)), rows=rows)

    def _new_row(self) -> Json:
        pick = self._dice.choice
        kind = self._dice.choices(list(_KINDS), list(_KINDS.values()))[0]
        title, said = self._words()
        row: Json = {
            "需求标题": title,
            "需求描述": said,
            "需求来源": pick(("电话", "邮件", "在线客服", "客户访谈")),
            "需求类型": kind,
            "紧急程度": self._dice.choices(("高", "中", "低"), (25, 50, 25))[0],
            "影响范围": self._dice.choices(("单客户", "多客户", "全业务线"), (60, 30, 10))[0],
            "客户价值": self._dice.randint(1, 5),
            "业务价值": self._dice.randint(1, 5),
            "客户名称": f"客户 {self._dice.randrange(300)}",
        }
        for key, chance in (("紧急程度", 0.06), ("需求来源", 0.03), ("客户价值", 0.2)):
            if self._dice.random() < chance:
                del row[key]
        return row

    def _words(self) -> tuple[str, str]:
        """Title and description, hardly ever like another's but where the same is meant."""
        if self._said and self._dice.random() < _ALIKE:
            return self._dice.choice(self._said)
        signs = ["".join(self._dice.sample(_SIGNS, size)) for size in (7, 24)]
        self._said.append((f"{self._dice.choice(_WHERE)}{signs[0]}", signs[1]))
        return self._said[-1]

    def _touch(self, plan: _Plan, row: Row | None) -> Deed | None:
        if row is None or row.status == "已作废":
            return None
        cells, hours = self._step(row, plan.when)
        if self._dice.random() < _NEGLECTED and row.status in ("待处理", "处理中", "测试验证"):
            hours += self._dice.uniform(16, 60)
        if hours:
            self._plan(self._later(plan.when, hours), plan.record_id)
        return Deed(who=self._who(row, plan.when), changes={plan.record_id: cells}) if cells else None

    def _who(self, row: Row, now: datetime) -> str:
        """Who owns it, or who is there."""
        able = [one for one in (*row.owner, *self._company.of(SUPPORT)) if not self._is_off(one, now)]
        return able[0] if able else self._company.lead(MANAGEMENT)

    def _is_off(self, who: str, now: datetime) -> bool:
        return self._company.has_left(who, now.date()) or self._company.is_away(who, now.date())

    def _step(self, row: Row, now: datetime) -> tuple[Json, float]:
        """What is done to a row, and in how many working hours, more or less, it is touched again."""
        return _STEPS[row.status](self, row, now) if row.status in _STEPS else ({}, 8)

    def _pending(self, row: Row, now: datetime) -> tuple[Json, float]:
        if not row.owner:
            return {"负责人": self._owner()}, 6
        chance = self._dice.random()
        if chance < 0.80:
            return {STATUS: "处理中", PLAN: self._day(now, 1, 12)}, 12
        if chance < 0.86:
            return {STATUS: "已关闭"}, 6  # forbidden
        if chance < 0.91:
            return {STATUS: "已搁置", "搁置原因": "排期已满", "后续跟进计划": "下季度再议"}, 60
        if chance < 0.94:
            return {STATUS: "已作废", "作废原因": "不在范围"}, 0
        return {"紧急程度": self._dice.choice(("高", "中"))}, 8

    def _doing(self, row: Row, now: datetime) -> tuple[Json, float]:
        chance = self._dice.random()
        if chance < 0.34:
            return self._finish(row), 14
        if chance < 0.70:
            return {"需求进展": self._note("处理中")}, 12
        if chance < 0.78:
            return {STATUS: "待客户配合", "需求进展": self._note("等客户补充材料")}, 20
        if chance < 0.84:
            return {"风险提示": self._note("依赖的接口延迟")}, 10
        if chance < 0.92:
            return {PLAN: self._day(now, 1, 15)}, 14
        if chance < 0.95:
            return {"负责人": self._owner()}, 10
        if chance < 0.97:
            return {STATUS: "已搁置", "搁置原因": "等待上游", "后续跟进计划": "月底再看"}, 60
        return {STATUS: "已关闭"}, 6  # forbidden

    def _finish(self, row: Row) -> Json:
        if row.kind in _ANSWERED_AT_ONCE:
            return {STATUS: "已完成", "处理结果": self._note("已答复")}
        return {STATUS: "测试验证", "处理方案": "修复", "需求进展": self._note("待验证")}

    def _testing(self, row: Row, now: datetime) -> tuple[Json, float]:
        if self._dice.random() < 0.8:
            return {STATUS: "已完成", "处理结果": self._note("验证通过")}, 14
        return {STATUS: "处理中", "需求进展": self._note("验证未通过")}, 10

    def _waiting(self, row: Row, now: datetime) -> tuple[Json, float]:
        return {STATUS: "处理中", "需求进展": self._note("客户已补充")}, 10

    def _done(self, row: Row, now: datetime) -> tuple[Json, float]:
        if row.record_id in self._silent:
            return {}, 0
        chance = self._dice.random()
        if chance < 0.68:
            return {
                STATUS: "已关闭",
                "客户确认": "已解决",
                "满意度评分": self._dice.choice((3, 4, 5, 5)),
            }, 400
        if chance < 0.76:
            return {STATUS: "处理中", "客户确认": "未解决", "满意度评分": self._dice.choice((1, 2))}, 8
        if chance < 0.97:
            return {"客户确认": "未回复"}, 0
        self._silent.add(row.record_id)
        return {}, 0

    def _closed(self, row: Row, now: datetime) -> tuple[Json, float]:
        if self._dice.random() < 0.03:
            return {STATUS: "待处理", "客户确认": "未解决"}, 8
        return {}, 0

    def _shelved(self, row: Row, now: datetime) -> tuple[Json, float]:
        return {STATUS: "待处理"}, 8

    def _owner(self) -> list[Json]:
        routes = [route for route in self._company.routes() if route.owners]
        return [{"name": self._dice.choice(self._dice.choice(routes).owners)}]

    def _day(self, now: datetime, least: int, most: int) -> int:
        """Midnight of a day, as a date cell holds it."""
        day = now.date() + timedelta(days=self._dice.randint(least, most))
        return int(calendar.at(day, time()).timestamp() * 1000)

    def _note(self, text: str) -> str:
        return f"{text}（第 {self._dice.randrange(10**6)} 次记录）"


_STEPS: Mapping[str, Callable[[Work, Row, datetime], tuple[Json, float]]] = {
    "待处理": Work._pending,
    "处理中": Work._doing,
    "测试验证": Work._testing,
    "待客户配合": Work._waiting,
    "已完成": Work._done,
    "已关闭": Work._closed,
    "已搁置": Work._shelved,
}
