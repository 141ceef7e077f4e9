"""The scenes of the week: who edits what, and what the plugin answered, read back from the base."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from feishu_plugin.demo.narrator import ZONE, Narrator, cell_text
from feishu_plugin.demo.stage import Stage

LIN, ZHOU, CHEN, XU, ZHAO, GAO, SHEN = "林晓岚", "周子墨", "陈思远", "许安然", "赵启明", "高若溪", "沈国栋"
Json = dict[str, Any]
_SAMPLE = Path(__file__).with_name("sample.json")


def prologue(stage: Stage, narrator: Narrator, now: datetime) -> None:
    """The administrator's part: provision, name the owners, start the service."""
    stage.session.put(f"{stage.url}/_sandbox/clock", json={"now": now.isoformat()}, timeout=60)
    narrator.day(now, "准备：建表，启动服务")
    narrator.act("管理员", "feishu-plugin apply --base-name 客户需求管理")
    done = stage.provision("客户需求管理")
    seeded = "、".join(f"{table} {count} 行" for table, count in done["seeded"].items())
    narrator.plugin(f"{len(done['tables'])} 张表，{len(done['changes'])} 处变更；默认规则：{seeded}")
    again = stage.command("apply")
    narrator.plugin(f"再运行一次 apply：{len(again['changes'])} 处变更")
    owners = {"咨询、投诉与建议": (LIN, ZHOU), "问题反馈": (ZHAO, GAO), "新功能、优化与定制": (CHEN, XU)}
    routes = {fields["规则名称"][0]["text"]: rid for rid, fields in stage.rows("routing").items()}
    managers = [{"id": _open_id(stage, SHEN)}]
    stage.edit(
        SHEN,
        "routing",
        {
            routes[name]: {"负责人": [{"id": _open_id(stage, who)} for who in people], "管理者": managers}
            for name, people in owners.items()
        },
    )
    narrator.act(SHEN, "在「分派规则」里填好每条规则的负责人和管理者（规则就是表格，团队自己改）")
    narrator.act("管理员", "feishu-plugin serve")
    stage.serve()
    narrator.plugin(f"正在监听，健康页 {stage.service.ready['health'] if stage.service else ''}")


def monday_requirements_arrive(stage: Stage, narrator: Narrator, now: datetime) -> None:
    """24 requirements come in one paste."""
    stage.go_to(now)
    narrator.day(now, "需求进来")
    sample = json.loads(_SAMPLE.read_text(encoding="utf-8"))
    customers = stage.create(ZHOU, "customer", [_customer(row) for row in sample["customers"]])
    rows = [_requirement(row, customers, sample["customers"]) for row in sample["requirements"]]
    stage.create(ZHOU, "requirement", rows)
    narrator.act(ZHOU, f"把 {len(customers)} 家客户和 {len(rows)} 条需求粘贴进来")
    stage.until_quiet()
    columns = ("需求编号", "需求标题", "责任部门", "负责人", "优先级", "四象限", "解决时限")
    found = list(stage.rows("requirement").values())
    narrator.plugin("每条都有了编号、责任部门、负责人、优先级（含说明）和时限：")
    narrator.table("需求台账（前 8 条）", columns, found[:8])
    narrator.plugin(f"优先级说明示例：{cell_text(found[0]['优先级说明'])}")
    narrator.cards()


def monday_moves(stage: Stage, narrator: Narrator, now: datetime) -> None:
    """Legal and illegal moves, one at a time."""
    stage.go_to(now)
    narrator.day(now, "改状态：合法的留下，不合法的退回并说明")
    slow, login = _find(stage, "导出一万行"), _find(stage, "投诉：上门实施")
    _move(stage, narrator, ZHAO, slow, {"当前状态": "已完成"}, "想直接改成已完成")
    _move(stage, narrator, ZHAO, slow, {"当前状态": "处理中"}, "改成处理中，但没填计划完成时间")
    plan = _ms(now + timedelta(days=1))
    _move(stage, narrator, ZHAO, slow, {"当前状态": "处理中", "计划完成时间": plan}, "补上计划完成时间再改")
    narrator.act(LIN, "连续两步：处理中，随即待客户配合（都合法，不会被当成一次跳跃）")
    stage.edit(LIN, "requirement", {login: {"当前状态": "处理中", "计划完成时间": plan}})
    stage.edit(
        LIN, "requirement", {login: {"当前状态": "待客户配合", "需求进展": "已致歉，等客户确认新的上门时间"}}
    )
    _show(stage, narrator, login)
    narrator.cards()


def monday_paste(stage: Stage, narrator: Narrator, now: datetime) -> None:
    """A careless paste over many rows costs one card, not fifteen."""
    stage.go_to(now)
    narrator.day(now, "误操作：一次粘贴改坏 15 行")
    pending = [rid for rid, row in stage.rows("requirement").items() if row["当前状态"] == "待处理"][:15]
    stage.edit(ZHOU, "requirement", {rid: {"当前状态": "已关闭", "备注": "批量整理"} for rid in pending})
    narrator.act(ZHOU, "把 15 条待处理的需求粘贴成了已关闭，同时写了备注")
    before = _calls(stage)
    stage.until_quiet()
    rows = stage.rows("requirement")
    back = sum(rows[rid]["当前状态"] == "待处理" for rid in pending)
    kept = sum("批量整理" in cell_text(rows[rid].get("备注")) for rid in pending)
    narrator.plugin(
        f"{back} 条状态已恢复，{kept} 条备注原样保留；服务为此调用飞书 {_calls(stage) - before} 次"
    )
    narrator.cards()


def monday_policy(stage: Stage, narrator: Narrator, now: datetime) -> None:
    """The team changes a rule in the table, and makes a mistake in another."""
    stage.go_to(now)
    narrator.day(now, "规则由团队自己改")
    rules = {fields["规则名称"][0]["text"]: rid for rid, fields in stage.rows("workflow").items()}
    stage.edit(SHEN, "workflow", {rules["待处理→已搁置"]: {"谁可以": ["产品", "管理者"]}})
    narrator.act(SHEN, "在「流转规则」里规定：只有产品和管理者可以搁置")
    stage.until_quiet()
    wish = _find(stage, "多语言前台")
    shelve = {"当前状态": "已搁置", "搁置原因": "本季度排期已满", "后续跟进计划": "十月评审会再议"}
    _move(stage, narrator, ZHOU, wish, shelve, "搁置一条需求（理由都写了）")
    _move(stage, narrator, CHEN, wish, {"当前状态": "已搁置"}, "同一步由产品来做")
    stage.edit(SHEN, "workflow", {rules["已搁置→待处理"]: {"条件": "评审结论=通过"}})
    narrator.act(SHEN, "又给一条规则写了条件「评审结论=通过」，但台账里没有这一列")
    stage.until_quiet()
    finding = stage.rows("workflow")[rules["已搁置→待处理"]]
    narrator.plugin(f"该行的校验结果：{cell_text(finding.get('校验结果'))}（上一版规则继续生效）")
    stage.edit(SHEN, "workflow", {rules["已搁置→待处理"]: {"条件": None}})
    stage.until_quiet()
    narrator.act(SHEN, "删掉条件，校验结果随之清空")
    narrator.cards()


def tuesday_digest(stage: Stage, narrator: Narrator, now: datetime) -> None:
    """The calm morning card."""
    morning = now.replace(hour=9, minute=30)
    stage.go_to(morning)
    narrator.day(morning, "晨报：每人一张卡片，按事项归类")
    count = narrator.cards()
    stage.go_to(morning + timedelta(minutes=20))
    again = narrator.cards()
    narrator.plugin(f"共 {count} 张；二十分钟后再看：{again} 张重复")


def monday_work(stage: Stage, narrator: Narrator, now: datetime) -> None:
    """Most of the register is taken up on its first day."""
    stage.go_to(now)
    narrator.day(now, "开始处理")
    started = [rid for rid, row in stage.rows("requirement").items() if row["当前状态"] == "待处理"][:18]
    plan = _ms(now + timedelta(days=3))
    stage.edit(LIN, "requirement", {rid: {"当前状态": "处理中", "计划完成时间": plan} for rid in started})
    narrator.act(LIN, f"例会上确认了 {len(started)} 条需求的计划，改为处理中")
    stage.until_quiet()
    narrator.table("状态分布", ("状态", "条数"), _by_status(stage))
    narrator.cards()


def tuesday_work(stage: Stage, narrator: Narrator, now: datetime) -> None:
    """Several requirements are finished."""
    stage.go_to(now)
    narrator.day(now, "完成 9 条需求")
    working = [rid for rid, row in stage.rows("requirement").items() if row["当前状态"] == "处理中"][:9]
    for rid in working:
        _finish(stage, rid)
    narrator.act("各负责人", "写处理方案、进展和处理结果，连续两步：测试验证、已完成")
    stage.until_quiet()
    narrator.table("状态分布", ("状态", "条数"), _by_status(stage))
    narrator.cards()


def wednesday_waiting(stage: Stage, narrator: Narrator, now: datetime) -> None:
    """A customer answers and the clock goes on; a plan slips."""
    stage.go_to(now)
    narrator.day(now, "客户回复，恢复计时；计划改期会告知管理者")
    complaint = _find(stage, "投诉：上门实施")
    _move(
        stage, narrator, LIN, complaint,
        {"当前状态": "处理中", "需求进展": "客户确认周五下午上门"}, "客户回了电话",
    )  # fmt: skip
    paused = stage.rows("requirement")[complaint]
    narrator.plugin(
        f"暂停 {cell_text(paused.get('暂停时长'))} 小时，{cell_text(paused.get('时限依据')).splitlines()[-1]}"
    )
    inventory = _find(stage, "门店盘点单")
    row = stage.rows("requirement")[inventory]
    later = (row.get("计划完成时间") or _ms(now)) + 3 * 86_400_000
    stage.edit(GAO, "requirement", {inventory: {"计划完成时间": later, "风险提示": "弱网重放需要客户端发版"}})
    narrator.act(GAO, "把「门店盘点单扫码后数量翻倍」改期三天，并写了风险提示")
    stage.until_quiet()
    narrator.cards()


def thursday_overdue(stage: Stage, narrator: Narrator, now: datetime) -> None:
    """What is late is told at once to the owner, later to the manager."""
    stage.go_to(now)
    narrator.day(now, "超期：先告诉负责人，再逐级上报，每一级只说一次")
    narrator.cards()
    late = [row for row in stage.rows("requirement").values() if row.get("时限状态") == "已超期"]
    narrator.table("已超期", ("需求编号", "需求标题", "负责人", "解决时限", "时限状态"), late[:6])


def friday_confirmations(stage: Stage, narrator: Narrator, now: datetime) -> None:
    """Customers confirm, one is not satisfied."""
    stage.go_to(now)
    narrator.day(now, "客户确认、关闭与重开")
    done = [rid for rid, row in stage.rows("requirement").items() if row["当前状态"] == "已完成"]
    happy, unhappy = done[:-1], done[-1]
    close = {"客户确认": "已解决", "当前状态": "已关闭"}
    stage.edit(ZHOU, "requirement", {r: {**close, "满意度评分": 5 - i % 2} for i, r in enumerate(happy)})
    narrator.act(ZHOU, f"{len(happy)} 条客户确认已解决，填满意度并关闭")
    _move(
        stage, narrator, ZHOU, unhappy,
        {"客户确认": "未解决", "满意度评分": 2, "当前状态": "处理中"}, "一条客户说没有解决，重开",
    )  # fmt: skip
    reopened = stage.rows("requirement")[unhappy]
    narrator.plugin(f"重开次数 {cell_text(reopened.get('重开次数'))}，实际完成时间已清空")
    narrator.table("状态分布", ("状态", "条数"), _by_status(stage))
    narrator.cards()


def next_monday(stage: Stage, narrator: Narrator, now: datetime) -> None:
    """The last working day of the month."""
    morning = now.replace(hour=9, minute=30)
    stage.go_to(morning)
    narrator.day(morning, "新的一周（周末没有打扰任何人）")
    narrator.cards()
    for rid in [r for r, row in stage.rows("requirement").items() if row["当前状态"] == "处理中"][:5]:
        _finish(stage, rid)
    narrator.act("各负责人", "月底前又完成 5 条")
    stage.until_quiet()
    narrator.cards()


def _move(stage: Stage, narrator: Narrator, who: str, rid: str, fields: Json, what: str) -> None:
    narrator.act(who, what)
    stage.edit(who, "requirement", {rid: fields})
    _show(stage, narrator, rid)


def _show(stage: Stage, narrator: Narrator, rid: str) -> None:
    stage.until_quiet()
    row = stage.rows("requirement")[rid]
    hint = cell_text(row.get("规则提示"))
    narrator.plugin(
        f"{cell_text(row['需求编号'])} 当前状态：{row['当前状态']}" + (f"（{hint}）" if hint else "")
    )


def _finish(stage: Stage, rid: str) -> None:
    """An owner takes a requirement through test to done, in quick succession."""
    row = stage.rows("requirement")[rid]
    owner = row["负责人"][0]["name"] if row.get("负责人") else LIN
    notes = {"处理方案": "定位原因并修复，补充回归用例", "需求进展": "修复完成，进入验证"}
    stage.edit(owner, "requirement", {rid: {"当前状态": "测试验证", **notes}})
    stage.edit(owner, "requirement", {rid: {"当前状态": "已完成", "处理结果": "已发布，客户侧验证通过"}})


def _find(stage: Stage, title: str) -> str:
    rows = stage.rows("requirement").items()
    return next(rid for rid, row in rows if title in cell_text(row.get("需求标题")))


def _by_status(stage: Stage) -> Iterator[Mapping[str, Any]]:
    states = [row["当前状态"] for row in stage.rows("requirement").values()]
    return ({"状态": state, "条数": str(states.count(state))} for state in dict.fromkeys(states))


def _calls(stage: Stage) -> int:
    return int(stage.health()["calls"])


def _open_id(stage: Stage, who: str) -> str:
    return str(stage.people[who]["open_id"])


def _ms(at: datetime) -> int:
    """Midnight of that day, as a date cell without a time holds it."""
    return int(at.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)


def _customer(row: Json) -> Json:
    return {
        "客户名称": row["name"],
        "客户等级": row["level"],
        "所属行业": row["industry"],
        "客户类型": row["kind"],
        "联系人": row["contact"],
        **({"邮箱": row["email"]} if "email" in row else {}),
    }


def _requirement(row: Json, customers: list[str], known: list[Json]) -> Json:
    customer = known[row["customer"]]
    return {
        "需求标题": row["title"],
        "客户": [customers[row["customer"]]],
        "客户名称": customer["name"],
        "客户等级": customer["level"],
        "所属行业": customer["industry"],
        "需求类型": row["type"],
        "需求来源": row["source"],
        "紧急程度": row["urgency"],
        "客户价值": row["values"][0],
        "业务价值": row["values"][1],
        "影响范围": row["scope"],
        "资源投入": row["effort"],
        "技术难度": row["difficulty"],
        "需求描述": row["description"],
        "使用产品": row["product"],
    }
