"""An import by one person keeps nobody else's edit waiting."""

from benchmarks.stages import modified_ms
from feishu_plugin.demo.stage import Stage

LIN, ZHOU = "林晓岚", "周子墨"
_PAGE = 500


def test_a_forbidden_move_is_put_back_before_a_large_import_is_settled(stage: Stage) -> None:
    [rid] = stage.create(ZHOU, "requirement", [{"需求标题": "早就有的"}])
    stage.until_quiet()

    rows = [{"需求标题": f"导入的第 {n} 条", "需求类型": "服务咨询"} for n in range(1500)]
    pages = (rows[begin : begin + _PAGE] for begin in range(0, len(rows), _PAGE))
    imported = [one for page in pages for one in stage.create(LIN, "requirement", page)]
    stage.edit(ZHOU, "requirement", {rid: {"当前状态": "已关闭"}})
    stage.until_quiet()

    found = stage.rows("requirement")
    written = modified_ms(stage, [rid, *imported])
    assert found[rid]["当前状态"] == "待处理"
    assert all(found[one]["需求编号"] for one in imported)
    assert sum(written[rid] < written[one] for one in imported) >= 400
