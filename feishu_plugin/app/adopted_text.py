"""What ``adopt`` says to people, before the review and after it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from feishu_plugin.language import Phrase
from feishu_plugin.sync.adopt.mapping import Adoption, Column


def suggested_text(mapping: Adoption, path: Path) -> str:
    """The suggestion column by column, and how to go on."""
    table = mapping.table
    head = f"“{table.name}” ({table.table_id}) → {table.to}"
    steps = (
        Phrase(f"已写入：{path}", f"written: {path}"),
        Phrase(
            "请核对：to 是对应的字段（null 保持原样），label 是 keep（保留你们的名称）或 "
            "ours（改用系统的名称）",
            "review it: `to` is the field (null leaves the column alone), `label` keep or ours",
        ),
        Phrase(
            f"下一步：feishu-plugin adopt {path} --confirm", f"next: feishu-plugin adopt {path} --confirm"
        ),
    )
    return "\n".join([head, *(line for c in mapping.columns for line in _column(c)), *map(str, steps)])


def _column(column: Column) -> Iterator[str]:
    to = f"→ {column.to} ({column.score:.2f})" if column.to else "→ —"
    yield f"  {column.name} [{column.type}] {to}" + (f"  {column.note}" if column.note else "")
    if column.options:
        yield "      " + "、".join(f"{name} → {key or '—'}" for name, key in column.options.items())


def adopted_text(
    mapping: Adoption, schema_file: Path | None, warnings: Sequence[str], *, confirmed: bool
) -> str:
    """What was done, or would be, and how to go on."""
    count = len(mapping.mapped())
    if confirmed:
        head = Phrase(f"已接入 {count} 列，单元格未动", f"adopted {count} columns, no cell was touched")
    else:
        head = Phrase(
            f"可以接入 {count} 列，尚未改动", f"{count} columns can be adopted; nothing was changed yet"
        )
    lines = [str(head), *(f"  ! {warning}" for warning in warnings)]
    if not confirmed:
        again = Phrase("下一步：同样的命令加 --confirm", "next: the same with --confirm")
        return "\n".join([*lines, str(again)])
    lines.append(f"{Phrase('下一步：设置', 'next: set')} FEISHU_BASE_TOKEN={mapping.base}")
    if schema_file:
        lines.append(f"      FEISHU_PLUGIN_SCHEMA={schema_file}")
    then = Phrase("再运行", "then:")
    return "\n".join([*lines, f"{then} feishu-plugin plan, feishu-plugin apply"])
