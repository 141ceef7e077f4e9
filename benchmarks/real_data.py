"""Real messages and a real requirement pool through the whole product, held against plain counting.

``python -m benchmarks.real_data [--data DIR] [--messages N] [--fortnights N] [--write FILE] [--json]``.
The files are not part of the project; without them it says so and ends well. People bring the
rows in through the official API, work on them for a year of sandbox time with habits and slips
from seeded dice, and every month is reported. No text of the files leaves this process but into
the sandbox: what is printed and written are figures.
"""

import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks import real_text
from benchmarks.colleagues import Journal, Matter, Move
from benchmarks.figures import Json, options, show
from benchmarks.oracle import Compared, compare
from benchmarks.real_rows import FOLDER, ZONE, Arrival, messages, missing, pool
from benchmarks.stages import counted, staged
from feishu_plugin.demo.stage import Stage

BEGIN = datetime(2018, 1, 2, 9, 40, tzinfo=ZONE)
FORTNIGHT = timedelta(days=14)
SEED = 20180102
CLERK, MANAGER = "周子墨", "沈国栋"
OWNERS = {
    "咨询、投诉与建议": "林晓岚",
    "问题反馈": "赵启明",
    "新功能、优化与定制": "陈思远",
    "其余需求": "林晓岚",
}
_WORKERS = {"问题反馈": "赵启明", "功能优化": "陈思远"}
_BATCH = 500


def main() -> None:
    """Plays, compares and prints; exit code 1 when a figure disagrees."""
    parser = options("real rows through the whole product", messages=500, fortnights=27)
    parser.add_argument("--data", type=Path, default=FOLDER, help="folder with the files")
    parser.add_argument("--write", type=Path, help="write the transcript to this Markdown file")
    chosen = parser.parse_args()
    if lost := missing(chosen.data):
        print(f"nothing to do: {', '.join(lost)} not found; name the folder with --data DIR")
        return
    found = {
        "messages": play_messages(chosen.data, chosen.messages, chosen.fortnights),
        "pool": play_pool(chosen.data),
    }
    if chosen.write:
        chosen.write.write_text(real_text.transcript(found) + _worked(chosen.write), encoding="utf-8")
    show(found, real_text.tables(found), as_json=chosen.json)
    if any(one["disagreements"] for one in found.values()):
        raise SystemExit(1)


def _worked(page: Path) -> str:
    """The worked examples at the end of the page as it was: they are written by ``benchmarks.worked``."""
    known = page.read_text(encoding="utf-8") if page.exists() else ""
    _, mark, worked = known.partition(real_text.WORKED)
    return f"\n{mark}{worked}" if mark else ""


def play_messages(folder: Path, most: int, fortnights: int, begin: datetime = BEGIN) -> Json:
    """Messages come in once they are answered, with both times; then they are worked on."""
    arrivals = messages(folder, most)
    with _office(begin) as stage:
        stage.serve()
        play = _Play(stage, arrivals, Journal(random.Random(SEED)))
        days = [begin + FORTNIGHT * n for n in range(fortnights)]
        for day in days:
            play.day(day)
        last = max([days[-1] + FORTNIGHT, *(_workday_after(a.answered) for a in arrivals if a.answered)])
        play.day(last)
        play.quiet_day(last + FORTNIGHT)
        return play.told()


def play_pool(folder: Path, fortnights: int = 3) -> Json:
    """A pool with its statuses is there before the service starts, is adopted, and worked on."""
    arrivals = pool(folder)
    begin = _workday_after(max(arrival.asked for arrival in arrivals))
    with _office(begin) as stage:
        play = _Play(stage, arrivals, Journal(random.Random(SEED)))
        play.bring(begin)
        stage.serve()
        for n in range(fortnights):
            play.day(begin + FORTNIGHT * n)
        play.quiet_day(begin + FORTNIGHT * fortnights)
        return play.told()


class _Play:
    """One register from its first row to its last report."""

    def __init__(self, stage: Stage, arrivals: Sequence[Arrival], journal: Journal) -> None:
        self.stage, self.arrivals, self.journal = stage, arrivals, journal
        self._waiting = sorted(arrivals, key=lambda a: a.asked)
        self._brought: list[Move] = []
        self._silent = 0
        self._month = ""
        self._began = time.perf_counter()
        self._reported: list[str] = []

    def day(self, now: datetime) -> None:
        """Time passes, rows come in, people work, and a month that is over is reported."""
        self.quiet_day(now)
        self.bring(now)
        by_person: dict[str, dict[str, Json]] = defaultdict(dict)
        for row, cells in self.journal.a_day(now).items():
            by_person[_WORKERS.get(self.journal.matters[row].kind, "林晓岚")][row] = cells
        for who, edits in by_person.items():
            self.stage.edit(who, "requirement", edits)
        self.stage.until_quiet()

    def quiet_day(self, now: datetime) -> None:
        """Time passes: cards go out, silence closes, a month ends."""
        self.stage.go_to(now)
        self._silent += self.journal.silence_closes()
        if self._month and self._month != f"{now:%Y-%m}":
            self._report(self._month)
            self._reported.append(self._month)
        self._month = f"{now:%Y-%m}"

    def bring(self, now: datetime) -> None:
        """The clerk pastes in what has been answered by now (or was never answered)."""
        due = [a for a in self._waiting if (a.answered or a.asked) <= now]
        self._waiting = [a for a in self._waiting if a not in due]
        for start in range(0, len(due), _BATCH):
            batch = due[start : start + _BATCH]
            rows = self.stage.create(CLERK, "requirement", [a.cells for a in batch])
            for row, arrival in zip(rows, batch, strict=True):
                self._remember(row, arrival)
        if self.stage.service:
            self.stage.until_quiet()

    def told(self) -> Json:
        """What there is to tell, and every comparison that failed."""
        seconds = time.perf_counter() - self._began
        calls = self.stage.health()["calls"]
        reports = {month: self._report(month) for month in self._reported}
        compared = [
            c for m, r in reports.items() for c in compare(m, r["report"], self.arrivals, self.journal)
        ]
        compared += [*self._against_the_base(), self._against_another_run()]
        return {
            "rows_in": len(self.journal.matters),
            "numbers": self._numbers(),
            "moves": Counter(self._verdicts().values()),
            "seconds": round(seconds, 1),
            "service_calls": calls,
            "events": self.stage.stats()["events"]["sent"],
            "cards": self._cards(),
            "months": {m: real_text.figures(r["report"]) for m, r in reports.items()},
            "report_rows": {table: len(self.stage.rows(table)) for table in real_text.REPORTS},
            "report_calls": _spread(r["calls"] for r in reports.values()),
            "report_seconds": _spread(r["seconds"] for r in reports.values()),
            "restated_rows": sum(len(r["report"]["changed_rows"]) for r in reports.values()),
            "compared": len(compared),
            "disagreements": [f"{c.what}: {c.plugin} ≠ {c.counted}" for c in compared if not c.agrees],
        }

    def _remember(self, row: str, arrival: Arrival) -> None:
        status = str(arrival.cells.get("当前状态", "待处理"))
        self.journal.matters[row] = Matter(
            record_id=row, born=arrival.asked, kind=arrival.kind, status=status, filled=set(arrival.cells)
        )
        if status != "待处理":
            brought = Move(record_id=row, at=arrival.asked, before="待处理", after=status, forbidden=False)
            self.journal.moves.append(brought)
            self._brought.append(brought)

    def _report(self, month: str) -> Json:
        before, began = sum(counted(self.stage).values()), time.perf_counter()
        report = self.stage.command("report", "--month", month)
        seconds = round(time.perf_counter() - began, 2)
        return {"report": report, "calls": sum(counted(self.stage).values()) - before, "seconds": seconds}

    def _against_the_base(self) -> Iterator[Compared]:
        forbidden = sum(move.forbidden for move in self.journal.moves)
        stood = len(self.journal.moves) - forbidden - len(self._brought)
        verdicts = Counter(self._verdicts().values())
        yield Compared(what="moves put back", plugin=verdicts["退回"], counted=forbidden)
        yield Compared(what="moves that stand", plugin=verdicts["通过"], counted=stood + self._silent)
        wanted = {row: matter.status for row, matter in self.journal.matters.items()}
        now = {row: cells["当前状态"] for row, cells in self._requirements().items()}
        differing = sum(now.get(row) != status for row, status in wanted.items())
        yield Compared(what="rows with another status", plugin=differing, counted=0)
        yield Compared(what="different numbers", plugin=self._numbers(), counted=len(wanted))

    def _against_another_run(self) -> Compared:
        again = self._report(self._reported[-1])["report"]["changed_rows"]
        return Compared(what="report rows changed by another run", plugin=len(again), counted=0)

    def _requirements(self) -> Mapping[str, Json]:
        """By record id, also those that have left the register for the archive meanwhile."""
        archived = {
            row["原记录"][0]["text"]: {**row, "当前状态": row["归档时状态"]}
            for row in self.stage.rows("archive").values()
        }
        return {**archived, **self.stage.rows("requirement")}

    def _numbers(self) -> int:
        cells = [row.get("需求编号") for row in self._requirements().values()]
        return len({cell[0]["text"] for cell in cells if cell})

    def _verdicts(self) -> Mapping[str, str]:
        return {row: cells["判定"] for row, cells in self.stage.rows("transition").items()}

    def _cards(self) -> Json:
        rows = self.stage.rows("notice").values()
        kinds = Counter(str(row.get("事件")) for row in rows if row.get("结果") != "未送达")
        return {**dict(kinds.most_common()), "messages": len(self.stage.messages())}


@contextmanager
def _office(now: datetime) -> Iterator[Stage]:
    """A sandbox at that instant with a base whose routing rules name people."""
    with staged() as stage:
        stage.session.put(f"{stage.url}/_sandbox/clock", json={"now": now.isoformat()}, timeout=60)
        stage.provision("真实数据")
        person = {name: [{"id": user["open_id"]}] for name, user in stage.people.items()}
        rules = {row: cells["规则名称"][0]["text"] for row, cells in stage.rows("routing").items()}
        named = {
            row: {"负责人": person[OWNERS[name]], "管理者": person[MANAGER]} for row, name in rules.items()
        }
        stage.edit(MANAGER, "routing", named)
        # These colleagues look in once a fortnight: nothing may be closed because they were not there.
        stage.edit(
            MANAGER, "workflow", {row: {"执行方式": "停用"} for row in _closing_without_an_answer(stage)}
        )
        yield stage


def _closing_without_an_answer(stage: Stage) -> list[str]:
    rules = {row: cells["规则名称"][0]["text"] for row, cells in stage.rows("workflow").items()}
    return [row for row, name in rules.items() if name == "已完成→已关闭（无答复）"]


def _workday_after(at: datetime) -> datetime:
    """A morning in the week after, never on a weekend."""
    day = (at + timedelta(days=2)).replace(hour=9, minute=40, second=0)
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def _spread(values: Iterator[float]) -> Json:
    ordered = sorted(values)
    return {"least": ordered[0], "most": ordered[-1]} if ordered else {}


if __name__ == "__main__":
    main()
