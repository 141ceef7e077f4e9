"""Accounts for every edit, in the style of Jepsen's set checker: what became of it, and how often.

It reads the outcome only: the ledger, the cells, what was written and told, what was set aside.
An edit of a status is ``ok`` (judged once, by its event), ``recovered`` (judged once, found by a
sweep or by what came after it), ``set aside`` (its event cannot be read and is kept byte for
byte; a sweep found the edit), ``superseded`` (nobody can know of it) or ``nothing owed``; else it
is ``lost`` or ``doubled``. What no edit accounts for is ``unexpected``.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.delivery.oracle import Edit, Life
from benchmarks.delivery.table import Row
from feishu_plugin.records import Record

FAULTS = ("lost", "doubled", "unexpected", "wrong")
_SHOWN = 20
_Key = tuple[str, str, str, str]
"""(record id, from, to, verdict)"""


@dataclass(frozen=True, slots=True)
class PutBack:
    """A status that the plugin changed."""

    record_id: str
    shown: str
    to: str
    edit: int
    """The edit that had brought about what was shown; -1: none had."""


@dataclass(slots=True)
class Account:
    """How many edits of each class there are, and the first faults in words."""

    classes: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)

    def fault(self, kind: str, text: str) -> None:
        """Counts a fault."""
        self.classes[kind] += 1
        if len(self.told) < _SHOWN:
            self.told.append(f"{kind}: {text}")

    @property
    def faults(self) -> int:
        """How many there are of any kind."""
        return sum(self.classes[kind] for kind in FAULTS)


def judged(account: Account, edits: Sequence[Edit], ledger: Iterable[Row]) -> None:
    """Every edit against the rows of the ledger: each row is one edit's, each edit has its row."""
    rows: dict[_Key, list[Row]] = defaultdict(list)
    for row in ledger:
        rows[row.record_id, row.before, row.after, row.verdict].append(row)
    unaccounted = []
    for edit in edits:
        if edit.verdict == "none" or edit.fate == "overtaken":
            account.classes["superseded" if edit.fate == "overtaken" else "nothing owed"] += 1
            continue
        found = rows.get((edit.record_id, edit.accepted, edit.after, edit.verdict), [])
        mine = next((row for row in found if f":{edit.event_id}:" in row.key), None)
        if mine is None:
            unaccounted.append(edit)
            continue
        found.remove(mine)
        account.classes["ok"] += 1
    for edit in unaccounted:
        found = rows.get((edit.record_id, edit.accepted, edit.after, edit.verdict), [])
        mine = next((row for row in found if ":edit" not in row.key), None)
        if mine is None:
            account.fault("lost", f"{edit} has no row in the ledger")
            continue
        found.remove(mine)
        account.classes["set aside" if edit.fate == "malformed" else "recovered"] += 1
    _left_over(account, edits, rows)


def _left_over(account: Account, edits: Sequence[Edit], rows: Mapping[_Key, Sequence[Row]]) -> None:
    owed = {(e.record_id, e.accepted, e.after, e.verdict) for e in edits if e.verdict != "none"}
    for key, found in rows.items():
        for row in found:
            account.fault("doubled" if key in owed else "unexpected", f"a row too many: {row}")


def put_back(account: Account, edits: Sequence[Edit], corrections: Iterable[PutBack]) -> None:
    """Only refused edits are undone, to what was accepted, and each at most once."""
    undone: Counter[int] = Counter()
    for one in corrections:
        edit = edits[one.edit] if one.edit >= 0 else None
        undone[one.edit] += 1
        if edit is None or edit.verdict == "pass" or one.to != edit.accepted:
            account.fault("unexpected", f"{one} of {edit}")
        elif undone[one.edit] > 1:
            account.fault("doubled", f"{one} of {edit}")
    account.classes["put back"] = len(undone)


def notices(account: Account, edits: Sequence[Edit], told: Iterable[tuple[str, str]]) -> None:
    """Whoever made a refused edit hears of it once: ``told`` are (kind of effect, notice identity)."""
    counted = Counter(told)
    for (kind, identity), count in counted.items():
        if count > 1:
            account.fault("doubled", f"{identity} is told by {count} {kind}s")
    heard = Counter(identity.split(":")[1] for _, identity in counted if identity.startswith("put_back:"))
    owed = Counter(e.record_id for e in edits if e.verdict == "put_back" and e.fate != "overtaken")
    for record_id in owed | heard:
        if heard[record_id] != owed[record_id]:
            kind = "lost" if heard[record_id] < owed[record_id] else "doubled"
            account.fault(kind, f"{record_id}: {owed[record_id]} refusals, told {heard[record_id]} times")
    account.classes["told"] = heard.total()


def set_aside(account: Account, spoilt: Mapping[str, bytes], aside: Collection[bytes]) -> None:
    """Every delivery that cannot be read is kept as it came."""
    for event_id, raw in spoilt.items():
        if raw not in aside:
            account.fault("lost", f"the spoilt delivery of {event_id} was not kept as it came")
    for raw in set(aside) - set(spoilt.values()):
        account.fault("unexpected", f"{raw[:80]!r} was set aside")
    account.classes["kept byte for byte"] = len(spoilt)


def _filled(row: Record) -> dict[str, object]:
    return {key: value for key, value in row.values.items() if value is not None}


def final(
    account: Account, lives: Mapping[str, Life], rows: Mapping[str, Record], accepted: Mapping[str, Record]
) -> None:
    """The table, and what the store holds of it, are what the oracle says; every number is its own."""
    numbers = Counter(str(row.get("number")) for row in rows.values())
    for record_id, life in lives.items():
        row, known = rows[record_id], accepted.get(record_id)
        shown = (row.get("status"), row.get("remark") or "")
        if shown != (life.accepted, life.remark):
            account.fault("wrong", f"{record_id} shows {shown}, not {life.accepted, life.remark}")
        if known is None or _filled(known) != _filled(row):
            account.fault("wrong", f"{record_id} was not settled as it stands")
        if not row.get("number") or numbers[str(row.get("number"))] > 1:
            account.fault("wrong", f"{record_id} has the number {row.get('number')}")
    account.classes["records"] = len(lives)
