"""A table of a custom report comes back from an archive as itself, not as one that people made."""

from feishu_plugin.binding import LiveField, mark
from feishu_plugin.schema import Field
from feishu_plugin.sync.archive.columns import Columns
from feishu_plugin.sync.archive.known import KnownField
from feishu_plugin.sync.structure import bodies


def restored(description: str) -> str:
    """The description of people's column after it was written down and made again."""
    live = LiveField(field_id="fld1", name="数值", type=2, ui_type="Number", description=description)
    field = Columns((), {}).field(KnownField(key="x_1", live=live))
    assert isinstance(field, Field)
    return bodies.description("x_table", field)


def test_the_mark_of_a_custom_report_is_kept() -> None:
    told = f"新增 / New {mark('custom_report_0123456789', 'amount')}"

    assert restored(told) == told


def test_any_other_mark_on_a_column_of_people_is_left_behind() -> None:
    assert restored(f"新增 / New {mark('requirement', 'status')}") == "新增 / New"
