"""A sweep finds what no event told, also where the base cannot sort by the last change."""

from feishu_plugin.sync.sweep import sweep
from tests.fakes import MemoryTables
from tests.sync.base import Base


def test_without_its_last_change_column_a_base_is_swept_whole() -> None:
    base = Base.lacking("requirement.modified_at")
    old, new = base.add(title="旧", type="inquiry"), base.add(title="新", type="inquiry")
    base.settle()
    sweep(base.desk)
    base.clock.advance(7200)
    base.tables.page_size = 1
    MemoryTables.update(base.tables, "requirement", {new: {"title": "改了"}})

    found = sweep(base.desk)

    assert old < new
    assert found.recovered == 1
