"""Real processes, and a wire that doubles, shuffles and loses events: every edit is judged exactly once."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest

from benchmarks.delivery.oracle import illegal_from, legal_from, verdict
from benchmarks.delivery.people import FILLED
from feishu_plugin.demo.stage import Json, Stage
from feishu_plugin.gateway.cells import encode
from tests.builders import SCHEMA
from tests.e2e.conftest import provisioned
from tests.fakes import bind_schema

PEOPLE = ("周子墨", "沈国栋")
ROWS, ROUNDS, PASTE = 24, 6, 4
FAULTS = [
    {"kind": "duplicate-event", "probability": 0.3},
    {"kind": "reorder", "probability": 0.3},
    {"kind": "lose-event", "probability": 0.05},
]
BINDING = bind_schema(SCHEMA)
STATUS = BINDING.tables["requirement"].fields["status"]
Key = tuple[str, str, str, str]
"""(record id, from, to, verdict)"""


@pytest.fixture(scope="module")
def unlucky() -> Iterator[Stage]:
    """A watched base whose events have every misfortune from now on."""
    stage = provisioned()
    try:
        stage.serve()
        yield stage
    finally:
        stage.close()


def filled(stage: Stage) -> Json:
    fields = BINDING.tables["requirement"].fields
    owner = (stage.people[PEOPLE[0]]["open_id"],)
    return {fields[key].name: encode(fields[key], value) for key, value in {**FILLED, "owner": owner}.items()}


def shown(stage: Stage) -> dict[str, str]:
    return {rid: STATUS.option_key(row["当前状态"]) for rid, row in stage.rows("requirement").items()}


def ledger(stage: Stage) -> Counter[Key]:
    fields = BINDING.tables["transition"].fields
    found: Counter[Key] = Counter()
    for row in stage.rows("transition").values():
        keys = ("from_status", "to_status", "verdict")
        before, after, said = (fields[key].option_key(row[fields[key].name]) for key in keys)
        found[row["需求"]["link_record_ids"][0], before, after, said] += 1
    return found


def test_every_edit_is_judged_once_whatever_happens_to_its_event(unlucky: Stage) -> None:
    stage, dice = unlucky, Random("unlucky")
    ids = stage.create(PEOPLE[0], "requirement", [filled(stage)] * ROWS)
    stage.until_quiet()
    accepted, owed = dict.fromkeys(ids, "pending"), Counter[Key]()
    stage.session.put(f"{stage.url}/_sandbox/faults", json={"seed": 8, "rules": FAULTS}, timeout=60)

    for number in range(ROUNDS):
        wanted = {rid: dice.choice(_choices(dice, accepted[rid])) for rid in ids}
        for begin in range(0, ROWS, PASTE):
            part = {rid: {"当前状态": STATUS.option_names[wanted[rid]]} for rid in ids[begin : begin + PASTE]}
            stage.edit(PEOPLE[number % 2], "requirement", part)
        for rid, after in wanted.items():
            said = verdict(accepted[rid], after)
            owed[rid, accepted[rid], after, said] += 1
            accepted[rid] = after if said == "pass" else accepted[rid]
        stage.until_quiet()
        stage.go_to(stage.now() + timedelta(minutes=11))

    assert shown(stage) == accepted
    assert ledger(stage) == owed
    events = stage.stats()["events"]
    assert events["sent"] > events["acknowledged"] / 2, events


def _choices(dice: Random, status: str) -> list[str]:
    """Legal moves that do not end a life, and now and then an illegal one."""
    legal = [one for one in legal_from(status) if one not in ("closed", "void")]
    return list(illegal_from(status)) if dice.random() < 0.3 or not legal else legal
