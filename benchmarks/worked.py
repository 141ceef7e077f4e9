"""Real histories through the product's own measures: a log of incidents, and messages with their replies.

``python -m benchmarks.worked [--data DIR] [--write FILE] [--json]``. The files are not part of the
project; without them it says so and ends well. ``--write docs/examples.md`` replaces the worked
examples at the end of that page and leaves the rest of it alone. A test counts all of it again
with pandas and with SQL (tests/reports/test_worked_examples.py).
"""

import csv
import gzip
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.figures import Row, options, show
from benchmarks.real_rows import FOLDER, MESSAGES, ZONE
from benchmarks.real_text import WORKED, markdown
from feishu_plugin import schema
from feishu_plugin.policy import Policy
from feishu_plugin.policy_rows import packaged_policy
from feishu_plugin.records import Requirement, Transition, Value
from feishu_plugin.reports.compute import Computed, compute
from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.history import history_of
from feishu_plugin.reports.periods import period
from feishu_plugin.reports.statuses import Statuses
from feishu_plugin.worktime import WorkTime

INCIDENTS = "servicenow_sample_2000.csv.gz"
LOG_ZONE = ZoneInfo("UTC")
"""The log names no zone; its clock is taken as it stands."""
# Its incidents were opened from March to May; June is what was left of them.
LOG_YEARS, LOG_MONTHS = ("2016",), tuple(f"2016-{month:02d}" for month in range(3, 7))
MESSAGE_YEARS = tuple(str(year) for year in range(2013, 2020))

STATUSES = {"New": "pending", "Active": "in_progress", "Resolved": "done", "Closed": "closed"}
"""States of the log; every ``Awaiting …`` waits for the customer, and -100 is no state."""
PRIORITIES = {"1": "high", "2": "high", "3": "medium", "4": "low"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One requirement with the changes of its status, oldest first."""

    record_id: str
    values: Mapping[str, Value]
    moves: tuple[tuple[datetime, str, str], ...] = ()
    """(at, from, to)."""


def missing(folder: Path) -> list[str]:
    """The names of the files that the folder lacks."""
    return [name for name in (INCIDENTS, MESSAGES) if not (folder / name).exists()]


def incidents(folder: Path) -> list[Case]:
    """Every incident of the log; it was submitted when it was opened, at the latest with its first row."""
    with gzip.open(folder / INCIDENTS, "rt", encoding="utf-8", newline="") as lines:
        return [_case(number, list(rows)) for number, rows in groupby(csv.DictReader(lines), _number)]


def messages(folder: Path) -> list[Case]:
    """Every message; who replied has responded."""
    with gzip.open(folder / MESSAGES, "rt", encoding="utf-8-sig", newline="") as lines:
        return [_message(row) for row in csv.DictReader(lines)]


def rules(zone: ZoneInfo) -> Policy:
    """The packaged policy on plain weekdays."""
    return replace(packaged_policy(schema.load()), worktime=WorkTime(zone=zone))


def computed(cases: Sequence[Case], its_rules: Policy, keys: Sequence[str], now: datetime) -> list[Computed]:
    """What a report run makes of them, period by period, the check of the balance included."""
    statuses = Statuses.of(its_rules.parameters)
    told = [
        history_of(Requirement(record_id=case.record_id, values=case.values), _ledger(case), statuses)
        for case in cases
    ]
    facts = Facts(
        period=period(keys[0], its_rules.worktime),
        now=now,
        policy=its_rules,
        statuses=statuses,
        histories=tuple(history for history in told if history is not None),
    )
    return [compute(facts.within(period(key, its_rules.worktime)), {}) for key in keys]


def after(cases: Sequence[Case]) -> datetime:
    """A moment when everything had happened and nothing was pending any more."""
    told = [at for case in cases for at in case.values.values() if isinstance(at, datetime)]
    last = max([*told, *(at for case in cases for at, _, _ in case.moves)])
    return last.replace(year=last.year + 1, day=1)


def tables(folder: Path) -> dict[str, Sequence[Row]]:
    """The worked examples, table by table."""
    cases, mails = incidents(folder), messages(folder)
    log, letters = rules(LOG_ZONE), rules(ZONE)
    months = computed(cases, log, (*LOG_MONTHS, *LOG_YEARS), after(cases))
    years = computed(mails, letters, MESSAGE_YEARS, after(mails))
    return {
        "事件日志 Incident log：按月 by month": [_month(one) for one in months],
        "事件日志 Incident log：按优先级 by priority": list(_priorities(months[-1])),
        "来信 Messages：响应率 response rate": [_answers(one) for one in years],
    }


def section(found: Mapping[str, Sequence[Row]]) -> str:
    """The end of docs/examples.md."""
    return "\n".join([_HEAD, *(f"## {title}\n\n{markdown(rows)}\n" for title, rows in found.items())])


def main() -> None:
    """Computes and prints, or writes its part of the page."""
    parser = options("real histories through the measures")
    parser.add_argument("--data", type=Path, default=FOLDER, help="folder with the files")
    parser.add_argument("--write", type=Path, help="replace the worked examples of this Markdown file")
    chosen = parser.parse_args()
    if lost := missing(chosen.data):
        print(f"nothing to do: {', '.join(lost)} not found; name the folder with --data DIR")
        return
    found = tables(chosen.data)
    if chosen.write:
        kept = chosen.write.read_text(encoding="utf-8").partition(WORKED)[0].rstrip("\n")
        chosen.write.write_text(f"{kept}\n\n{section(found)}", encoding="utf-8")
    show({title: list(rows) for title, rows in found.items()}, found, as_json=chosen.json)


def _case(number: str, rows: Sequence[Mapping[str, str]]) -> Case:
    states = [(_log_time(row["sys_updated_at"]), _status(row["incident_state"])) for row in rows]
    moves, status = [], "pending"
    for at, after_it in sorted((one for one in states if one[1]), key=lambda one: one[0]):
        if after_it != status:
            moves.append((at, status, after_it))
            status = after_it
    opened = min(_log_time(rows[0]["opened_at"]), states[0][0])
    values: dict[str, Value] = {
        "submitted_at": opened,
        "status": status,
        "priority": PRIORITIES[rows[-1]["priority"][0]],
    }
    return Case(record_id=number, values=values, moves=tuple(moves))


def _number(row: Mapping[str, str]) -> str:
    return row["number"]


def _status(state: str) -> str:
    return "waiting_customer" if state.startswith("Awaiting") else STATUSES.get(state, "")


def _log_time(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=LOG_ZONE)


def _message(row: Mapping[str, str]) -> Case:
    asked, answered = (_letter_time(row[key]) for key in ("asked_at", "replied_at"))
    return Case(
        record_id=f"messages:{row['id']}", values={"submitted_at": asked, "first_response_at": answered}
    )


def _letter_time(text: str) -> datetime:
    """A day without a clock is its midnight, which the file writes so."""
    told = text if ":" in text else f"{text} 00:00:00"
    return datetime.strptime(told, "%Y/%m/%d %H:%M:%S").replace(tzinfo=ZONE).astimezone(UTC)


def _ledger(case: Case) -> Iterator[Transition]:
    for number, (at, before, after_it) in enumerate(case.moves):
        values: dict[str, Value] = {"at": at, "from_status": before, "to_status": after_it, "verdict": "pass"}
        yield Transition(record_id=f"{case.record_id}/{number}", values=values)


def _month(one: Computed) -> Row:
    value = {figure.key: figure.rounded for figure in one.figures}
    return {
        "月份 month": one.key,
        "新增 new": f"{value['created']:.0f}",
        "解决数 resolved": f"{value['resolved']:.0f}",
        "重开 reopened": f"{value['reopened']:.0f}",
        "解决时效 mean workdays": _days(value["resolution_days"]),
        "中位数 median": _days(value["resolution_median"]),
        "达标率 inside the limit": _inside(one),
        "期末 closing": f"{value['closing']:.0f}",
    }


def _inside(one: Computed) -> str:
    """Of all priorities together."""
    parts = [figure for row in one.rows["timeliness"] for figure in row.figures if figure.key == "hit_rate"]
    passed, of_all = (
        sum(getattr(part, name) or 0 for part in parts) for name in ("numerator", "denominator")
    )
    return f"{passed / of_all:.1%}" if of_all else "–"


def _priorities(one: Computed) -> Iterator[Row]:
    for row in one.rows["timeliness"]:
        value = {figure.key: figure.rounded for figure in row.figures}
        yield {
            "优先级 priority": f"{one.key} {row.values['priority']}",
            "目标 target": f"{row.values['target']:g}",
            "解决数 resolved": f"{value['resolved']:.0f}",
            "解决时效 mean workdays": _days(value["resolution_days"]),
            "中位数 median": _days(value["resolution_median"]),
            "P90": _days(value["resolution_p90"]),
            "达标率 inside the limit": f"{value['hit_rate'] or 0:.1%}",
        }


def _answers(one: Computed) -> Row:
    rate = next(figure for figure in one.figures if figure.key == "response_rate")
    [row] = [row for row in one.rows["timeliness"] if row.values["priority"] == "未填"]
    hours = {figure.key: figure.rounded for figure in row.figures}
    return {
        "年份 year": one.key,
        "来信 messages": f"{rate.denominator:.0f}",
        "24 小时内 within 24 h": f"{rate.numerator:.0f}",
        "响应率 response rate": f"{rate.value or 0:.1%}",
        "平均小时 mean hours": f"{hours['response_mean']:.1f}",
        "中位数 median": f"{hours['response_median']:.1f}",
        "P90": f"{hours['response_p90']:.1f}",
    }


def _days(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


_HEAD = f"""{WORKED}

# 真实历史的计算示例 · Worked examples on real histories

两份真实历史直接交给本产品的指标函数：一份是 2,000 个事件的状态日志（UCI “Incident management process
enriched event log”，CC BY 4.0），一份是带回复时间的来信。同样的数字另用 pandas 和 DuckDB SQL 各算一遍，
由测试逐一比较，完全一致。

The measures themselves, on a log of 2,000 incidents (UCI, CC BY 4.0) and on messages with the time of
their replies. A test computes all of it again with pandas and with DuckDB SQL: they agree.

- 待处理 = New，处理中 = Active，待客户配合 = Awaiting …（暂停计时 pauses），已完成 = Resolved，
  已关闭 = Closed；优先级 Critical 和 High 合为高 high, Moderate 中 medium, Low 低 low.
- 时效按工作日（周一至周五，每天 8 小时），不含暂停；重开后再完成的，从提交算到最后一次完成。
  Workdays of 8 hours, pauses left out; reopened and finished again: from submission to the last finish.
- 日志自己的 `made_sla` 是它自己的、更严的合同时限：2,000 个事件中 1,565 个判断相同；
  守住合同的，除 2 个外也在本表时限内。
  The log's own `made_sla` is a contract of its own, and a stricter one: of 2,000 incidents 1,565 are
  judged alike, and all but 2 that kept the contract are inside the limits here.
- 日志自己的 `reopen_count` 与离开 Resolved/Closed 的次数一致。
  Its `reopen_count` equals the moves that leave Resolved or Closed.
"""

if __name__ == "__main__":
    main()
