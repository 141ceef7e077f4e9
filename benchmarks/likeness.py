"""How long a look for look-alikes takes, how large its index is, and how good it is on real titles.

``python -m benchmarks.likeness [--records N] [--looks N] [--data DIR] [--json]``. The store is a
new SQLite file. Titles and descriptions are made from seeded dice; one in ten rewords an earlier
one. The real pairs are not part of the project; without them that part is left out.
"""

import csv
import gzip
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from time import perf_counter

from benchmarks.figures import Json, distribution, options, resident_mb, show
from benchmarks.real_rows import FOLDER
from feishu_plugin.packaged import packaged_rows
from feishu_plugin.ports import Accepted, Settlement
from feishu_plugin.records import Requirement
from feishu_plugin.rules.similarity import fingerprint, score
from feishu_plugin.store import Store

BASE, TABLE, NOW = "bascnLikeness", "requirement", datetime(2026, 9, 1, tzinfo=UTC)
PAIRS = "zh_near_duplicates.csv.gz"
_INDEX = ("index_mb", "records_mb", "index_ms_a_record", "memory_mb")
"""On disk the index and the records without it; in memory what a process grows by while it looks."""
_ROUND, _CANDIDATES = 1000, 30
_WHAT = ["导出", "登录", "支付", "退款", "对账", "报表", "扫码", "打印", "同步", "审批", "盘点", "开票"]
_WHERE = [
    "收银台",
    "后台",
    "小程序",
    "客户端",
    "管理页",
    "订单页",
    "会员中心",
    "仓库",
    "门店",
    "网页版",
    "平板",
    "接口",
]
_HOW = [
    "一直转圈",
    "提示超时",
    "数据不对",
    "经常失败",
    "非常缓慢",
    "显示乱码",
    "没有反应",
    "重复扣款",
    "状态不更新",
    "丢失记录",
]
_WHEN = [
    "早高峰",
    "月初",
    "升级以后",
    "换了手机后",
    "网络不好时",
    "夜间",
    "节假日",
    "批量操作时",
    "切换账号后",
    "首次使用时",
]


def main() -> None:
    """Measures and prints."""
    parser = options("looks for look-alikes", records=100_000, looks=500)
    parser.add_argument("--data", type=Path, default=FOLDER, help="folder with the real pairs")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = _speed(Path(folder), chosen.records, chosen.looks)
    real = chosen.data / PAIRS
    if real.exists():
        found["real titles"] = [_quality(real, threshold) for threshold in (0.45, 0.5, _threshold(), 0.7)]
    index = [{"index": name, "value": found[name]} for name in _INDEX]
    tables = {f"{chosen.records} records": found["times"], "the index lies in the state database": index}
    tables |= {PAIRS: found["real titles"]} if real.exists() else {}
    show(found, tables, as_json=chosen.json)


def _speed(folder: Path, records: int, looks: int) -> Json:
    store, path = Store(str(folder / "store.sqlite")), folder / "store.sqlite"
    rows = list(_rows(records))
    begin = perf_counter()
    _settle(store, rows, prints=False)
    plain, without = perf_counter() - begin, _size(path)
    begin = perf_counter()
    _settle(store, rows, prints=True)
    indexing = perf_counter() - begin
    asked = Random(2).sample(rows, min(looks, len(rows)))
    store.close()
    store, before = Store(str(path)), resident_mb()
    times = [_timed(store, row) for row in asked]
    memory = resident_mb() - before
    store.close()
    return {
        "index_mb": round(_size(path) - without, 1),
        "records_mb": round(without, 1),
        "memory_mb": round(memory, 1),
        "index_ms_a_record": round((indexing - plain) / records * 1000, 2),
        "times": [{"what": "a look, ms", **distribution(times)}],
    }


def _timed(store: Store, row: Requirement) -> float:
    """Milliseconds from the text to the scores of its candidates."""
    begin = perf_counter()
    text = (row.title, row.description)
    ids = store.look_alikes(BASE, fingerprint(*text), _CANDIDATES)
    known = store.accepted(BASE, TABLE, ids).values()
    for one in known:
        score(text, (str(one.record.get("title") or ""), str(one.record.get("description") or "")))
    return (perf_counter() - begin) * 1000


def _settle(store: Store, rows: Sequence[Requirement], *, prints: bool) -> None:
    for n in range(0, len(rows), _ROUND):
        part = rows[n : n + _ROUND]
        accepted = {(TABLE, r.record_id): Accepted(record=r, status_since=NOW) for r in part}
        found = {r.record_id: fingerprint(r.title, r.description) for r in part} if prints else {}
        store.settle(BASE, Settlement(accepted=accepted, prints=found))


def _rows(count: int) -> Iterator[Requirement]:
    dice = Random(1)
    titles: list[str] = []
    for n in range(count):
        parts = [dice.choice(words) for words in (_WHEN, _WHERE, _WHAT, _HOW)]
        shop = f"{chr(0x4E00 + dice.randrange(4000))}{chr(0x4E00 + dice.randrange(4000))}店"
        title = (
            f"{dice.choice(titles)}，请处理" if titles and dice.random() < 0.1 else f"{shop}{''.join(parts)}"
        )
        titles.append(title)
        said = "，".join(dice.choice(words) for words in (_WHEN, _WHERE, _WHAT, _HOW) for _ in range(3))
        values = {"title": title, "description": f"{shop}{said}", "status": "pending"}
        yield Requirement(record_id=f"rec{n:08d}", values=values)


def _quality(real: Path, threshold: float) -> Json:
    with gzip.open(real, "rt", encoding="utf-8") as file:
        same = [(row["a_title"], row["b_title"]) for row in csv.DictReader(file)]
    known, dice = {frozenset(pair) for pair in same}, Random(1)
    titles = sorted({title for pair in same for title in pair})
    drawn = [dice.sample(titles, 2) for _ in range(20_000)]
    others = [(one, two) for one, two in drawn if frozenset((one, two)) not in known]
    found = sum(_is_found(*pair, threshold) for pair in same)
    false = sum(_is_found(*pair, threshold) for pair in others)
    return {
        "threshold": threshold,
        "pairs": len(same),
        "recall": round(found / len(same), 3),
        "random pairs": len(others),
        "false alarms": false,
        "precision": round(found / (found + false), 3),
    }


def _is_found(one: str, other: str, threshold: float) -> bool:
    """By the index and the score, as the product does it."""
    return bool(
        score((one, ""), (other, "")) >= threshold and set(fingerprint(one, "")) & set(fingerprint(other, ""))
    )


def _threshold() -> float:
    rows = packaged_rows()["parameter"]
    return next(float(str(row["value"])) for row in rows if row["key"] == "similar_score")


def _size(path: Path) -> float:
    """Megabytes of the file and its log."""
    return sum(one.stat().st_size for one in path.parent.glob(f"{path.name}*")) / 1e6


if __name__ == "__main__":
    main()
