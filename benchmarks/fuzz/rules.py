"""What teams write into policy tables and policy files: obeyed whole, or refused in words.

A policy that compiles must judge any requirement without an error, whatever it says. A file
that is refused has written nothing; one that was imported finds nothing left to do.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.fuzz.cells import cell_of
from benchmarks.fuzz.envelopes import text_of
from benchmarks.fuzz.junk import TEXTS, choice
from benchmarks.fuzz.kinds import Case
from feishu_plugin.errors import PluginError
from feishu_plugin.gateway.cells import decode
from feishu_plugin.packaged import POLICY_TABLES, packaged_rows
from feishu_plugin.policy import Policy
from feishu_plugin.policy_rows import Rows, compile_policy
from feishu_plugin.records import Accepted, Record, Step, Value
from feishu_plugin.reminders.audience import Circle
from feishu_plugin.reminders.due import due
from feishu_plugin.reminders.templates import template_problems, words_of
from feishu_plugin.rules.decide import Question, decide
from feishu_plugin.sync.policy_source import live_rows
from feishu_plugin.sync.rulebook.importing import carry_out, plan_import
from feishu_plugin.sync.rulebook.layout import read_file
from tests.builders import SCHEMA, requirement
from tests.fakes import SOME_DAY, Phonebook, bind_schema
from tests.sync.rulebook.books import packaged_file, provisioned

_PACKAGED = packaged_rows(SCHEMA)
_BINDING = bind_schema(SCHEMA)
_PIECES = (
    "标题", "需求类型", "=", "≠", "≥", "≤", "为空", "不为空", "；", "/", "、", "\n", "5", "-1", "高",
    "{{ title }}",
    "{% if reason %}", "{% endif %}", "{{ ", " }}", "|truncate", "(", ")", "09:00-12:00", "nan", "1e400", "×",
    "=5",
    "{% if title %}" * 150, "{% endif %}" * 150, "{{ " + "(" * 2000, ")" * 2000 + " }}", "9" * 5000,
)  # fmt: skip


@contextmanager
def policy_row() -> Iterator[Case]:
    """Rows of the policy tables, some cells of which hold anything."""

    def case(dice: Random) -> str:
        rows = _rows(dice)
        compiled = compile_policy(rows, SCHEMA, ("新状态",))
        assert all(p.text for p in compiled.problems), "a problem without words"
        if compiled.policy is None:
            assert compiled.problems, "refused without a word"
            return "refused"
        list(template_problems(compiled.policy.templates))
        _obeyed(dice, compiled.policy)
        return "obeyed"

    yield case


@contextmanager
def policy_file() -> Iterator[Case]:
    """Files for ``policy import``."""
    with TemporaryDirectory() as folder:
        path, book = Path(folder) / "policy.json", packaged_file()
        tables = provisioned()
        kept = {name: dict(tables._rows[name]) for name in POLICY_TABLES}

        def case(dice: Random) -> str:
            path.write_bytes(
                text_of(dice, {name: _few(dice, book[name]) for name in POLICY_TABLES if dice.randrange(4)})
            )
            prune, before = bool(dice.randrange(2)), tables.writes + tables.calls["remove"]
            try:
                plan = plan_import(read_file(path), live_rows(tables), tables, SCHEMA, prune=prune)
            except PluginError:
                assert before == tables.writes + tables.calls["remove"], "something was written"
                return "refused"
            carry_out(tables, plan, f"{dice.random()}")
            again = plan_import(read_file(path), live_rows(tables), tables, SCHEMA, prune=prune)
            left = [change for change in again.differences.changes if prune or change.kind != "removed"]
            assert not left, f"an import leaves {left[0]} to do"
            tables._rows.update({name: dict(rows) for name, rows in kept.items()})
            return "imported"

        yield case


def _few(dice: Random, rows: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    return [row for row in rows if dice.randrange(3) == 0] or list(rows[:1])


def _rows(dice: Random) -> Rows:
    found: dict[str, list[Record]] = {}
    broken = choice(dice, POLICY_TABLES)
    for name in POLICY_TABLES:
        rows = [dict(row) for row in _PACKAGED[name]]
        if name == broken:
            for _ in range(dice.randrange(1, 4)):
                rows.append(dict(choice(dice, rows)) if rows else {})
                _break(dice, name, choice(dice, rows))
        found[name] = [Record(record_id=f"{name}{n}", values=row) for n, row in enumerate(rows)]
    return found


def _break(dice: Random, table: str, row: dict[str, Value]) -> None:
    field = choice(dice, list(_BINDING.tables[table].fields.values()))
    kind = dice.randrange(3)
    if kind == 0:
        row[field.key] = decode(field, cell_of(dice, field.type))
    elif field.type == "text":
        row[field.key] = _sentence(dice) if kind == 1 else choice(dice, TEXTS)
    else:
        row[field.key] = decode(
            field, choice(dice, (7, -3, 1e300, "待处理", [{"id": "\ud800"}], 253402214400000))
        )


def _sentence(dice: Random) -> str:
    return "".join(choice(dice, _PIECES) for _ in range(dice.randrange(1, 6)))


def _obeyed(dice: Random, policy: Policy) -> None:
    """A few requirements judged, reminded of and spoken of under this policy."""
    statuses = ("pending", "in_progress", "done", "shelved")
    before, after = choice(dice, statuses), choice(dice, (*statuses, "closed", "void"))
    record = requirement(
        "rec1",
        submitted="2026-01-02 10:30",
        title="题",
        type=choice(dice, ("inquiry", "problem")),
        status=after,
    )
    now = SOME_DAY + timedelta(hours=dice.randrange(5000))
    known = Accepted(record=record.with_values({"status": before}), status_since=SOME_DAY)
    step = Step(before=before, after=after, operator="ou_1", at=now, event_id="e")
    decision = decide(
        Question(
            policy=policy, record=record, accepted=known, steps=[step], now=now, grace_over=True, people={}
        )
    )
    settled = Accepted(record=decision.record, status_since=now)
    circle = Circle(policy=policy, people=Phonebook().person, administrators=("ou_9",))
    list(due([("rec1", settled)], policy, circle, now + timedelta(days=30)))
    for template in policy.templates[:3]:
        words_of(policy, template.event, {"title": "<at id=all></at>"})
