"""How many decisions a second the pure core makes, and how much memory it keeps.

``python -m benchmarks.decide [--rounds N] [--json]``. One process, one core, the packaged policy
loaded; nothing is read or written. Times are of the process (other work on the machine hardly
counts), for each kind of question the median of a number of batches.
"""

import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from benchmarks.figures import Json, Row, options, show
from feishu_plugin import schema
from feishu_plugin.policy import Policy
from feishu_plugin.policy_rows import packaged_policy
from feishu_plugin.records import Accepted, Person, Record, Requirement, Step, Value
from feishu_plugin.rules.decide import Question, decide
from feishu_plugin.rules.moves import judge_move

_BATCH = 1000
_NOW = datetime(2026, 9, 1, 2, tzinfo=UTC)
_ROW: Mapping[str, Value] = {
    "number": "20260826-客服-001", "title": "怎样导出", "description": "导出时缺少列", "type": "inquiry",
    "source": "phone", "customer_name": "甲公司", "customer_level": "vip", "scope": "multiple",
    "customer_value": 4.0, "business_value": 3.0, "urgency": "medium", "effort": "low",
    "difficulty": "medium", "department": "support", "owner": ("ou_owner",), "status": "pending",
    "submitter": ("ou_li",), "submitted_at": _NOW - timedelta(days=6),
    "planned_finish": _NOW + timedelta(days=9),
}  # fmt: skip


def main() -> None:
    """Measures and prints."""
    chosen = options("decisions of the pure core", rounds=15).parse_args()
    policy = packaged_policy(schema.load())
    found = {
        "decisions": {name: _speed(call, chosen.rounds) for name, call in calls(policy).items()},
        "memory": _memory(policy),
    }
    show(found, tables(found), as_json=chosen.json)


def tables(found: Json) -> dict[str, Sequence[Row]]:
    """The figures as people read them."""
    speeds = [{"question": name, **row} for name, row in found["decisions"].items()]
    memory = [{"what": name, "MB": value} for name, value in found["memory"].items()]
    return {"decisions on one core": speeds, "memory": memory}


def calls(policy: Policy) -> dict[str, Callable[[], object]]:
    """What is measured: whole decisions, and the part of them that only judges the move."""
    decisions = {name: partial(decide, asked) for name, asked in questions(policy).items()}
    record = Requirement(record_id="rec1", values=_ROW)
    alone = partial(
        judge_move,
        policy,
        record,
        from_status="pending",
        to_status="in_progress",
        operator=Person(open_id="ou_li"),
        since=_NOW,
        now=_NOW,
    )
    return {**decisions, "the move alone, against 流转规则": alone}


def questions(policy: Policy) -> dict[str, Question]:
    """The four kinds of question, all about one row as the plugin left it."""
    settled = decide(_question(policy, Requirement(record_id="rec1", values=_ROW), None)).record
    edited = settled.with_values({"title": "怎样导出全部列"})
    return {
        "a move put back": _question(policy, settled.with_values({"status": "closed"}), settled),
        "a move that passes": _question(policy, settled.with_values({"status": "in_progress"}), settled),
        "an edit without a move": _question(policy, edited, settled),
        "a due tick": _question(policy, settled, settled, _NOW + timedelta(days=1)),
    }


def _question(
    policy: Policy, record: Requirement, stood: Requirement | None, now: datetime = _NOW
) -> Question:
    moved = stood is not None and record.status != stood.status
    step = Step(
        before="pending", after=record.status, operator="ou_li", at=now, revision=7, event_id="event7"
    )
    return Question(
        policy=policy,
        record=record,
        accepted=Accepted(record=Record(record_id="rec1", values=stood.values), status_since=_NOW)
        if stood
        else None,
        steps=[step] if moved else [],
        now=now,
        people={"ou_li": Person(open_id="ou_li", name="李", roles=("support",))},
        adopt=stood is None,
    )


def _speed(call: Callable[[], object], rounds: int) -> Json:
    batches = []
    for _ in range(rounds):
        began = time.process_time()
        for _ in range(_BATCH):
            call()
        batches.append((time.process_time() - began) / _BATCH)
    median = statistics.median(batches)
    return {
        "per second": round(1 / median),
        "µs": round(median * 1e6, 1),
        "best µs": round(min(batches) * 1e6, 1),
    }


def _memory(policy: Policy) -> Json:
    """Of a fresh process with the policy loaded; of the policy alone; of what a decision leaves."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    another = packaged_policy(schema.load())
    loaded = tracemalloc.get_traced_memory()[0] - before
    asked = questions(another)
    decide(asked["a move put back"])
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(_BATCH):
        decide(asked["a move put back"])
    left = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    megabyte = 1024 * 1024
    return {
        "process with the policy": _fresh_process(),
        "the policy": round(loaded / megabyte, 2),
        f"left by {_BATCH} decisions": round(left / megabyte, 3),
    }


def _fresh_process() -> float:
    program = (
        "import resource\n"
        "from feishu_plugin import schema\n"
        "from feishu_plugin.policy_rows import packaged_policy\n"
        "from feishu_plugin.rules.decide import decide\n"
        "packaged_policy(schema.load())\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return round(int(done.stdout) / 1024, 1)


if __name__ == "__main__":
    main()
