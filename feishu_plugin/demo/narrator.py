"""Prints what happens as a person would tell it; reads cards and cells, changes nothing."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from feishu_plugin.demo.stage import Stage

ZONE = ZoneInfo("Asia/Shanghai")
_SHOWN_CARDS = 4
_CARD_LINES = 9
_TAG = re.compile(r"</?font[^>]*>")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


class Narrator:
    """Tells the story on one console and remembers which messages were already told."""

    def __init__(self, stage: Stage, console: Console) -> None:
        self._stage, self._console = stage, console
        self._told = 0
        self._names = {user["open_id"]: name for name, user in stage.people.items()}

    def day(self, at: datetime, title: str) -> None:
        """A new moment of the week."""
        local = at.astimezone(ZONE)
        weekday = "一二三四五六日"[local.weekday()]
        self._console.rule(f"{local:%Y-%m-%d} 周{weekday} {local:%H:%M}  {title}", align="left")

    def act(self, who: str, what: str) -> None:
        """Somebody does something."""
        self._console.print(f"[bold cyan]{who}[/]  {what}", highlight=False)

    def plugin(self, what: str) -> None:
        """What the plugin answered, as the table shows it."""
        self._console.print(f"    [green]→ {what}[/]", highlight=False, soft_wrap=True)

    def cards(self) -> int:
        """Shows the messages that arrived since the last look; how many."""
        messages = self._stage.messages()
        fresh, self._told = messages[self._told :], len(messages)
        for message in fresh[:_SHOWN_CARDS]:
            self._card(message)
        if len(fresh) > _SHOWN_CARDS:
            rest = ", ".join(self._names.get(m["to"], "?") for m in fresh[_SHOWN_CARDS:])
            self._console.print(f"    [magenta]✉ 另有 {len(fresh) - _SHOWN_CARDS} 张卡片 → {rest}[/]")
        return len(fresh)

    def table(self, title: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
        """A table of the base."""
        shown = Table(title=title, title_justify="left", header_style="bold")
        for column in columns:
            shown.add_column(column, overflow="fold")
        for row in rows:
            shown.add_row(*(_in_column(column, row.get(column)) for column in columns))
        self._console.print(shown)

    def say(self, text: str) -> None:
        """A line of explanation."""
        self._console.print(text, highlight=False)

    def _card(self, message: Mapping[str, Any]) -> None:
        text = _LINK.sub(r"\1", "\n".join(card_texts(message["content"]))).replace("**", "")
        lines = [_TAG.sub("", line) for line in text.splitlines() if line.strip()]
        who = self._names.get(message["to"], message["to"])
        title = message["content"]["header"]["title"]["content"]
        self._console.print(f"    [magenta]✉ 卡片 → {who}：{title}[/]", highlight=False)
        for line in lines[:_CARD_LINES]:
            self._console.print(f"        {line}", highlight=False, markup=False, soft_wrap=True)
        if len(lines) > _CARD_LINES:
            self._console.print(f"        … 另有 {len(lines) - _CARD_LINES} 行", highlight=False)


def card_texts(card: Mapping[str, Any]) -> list[str]:
    """The texts of a card's body in reading order; charts and buttons by their kind."""
    found: list[str] = []
    for element in card["body"]["elements"]:
        found += _element_texts(element)
    return found


def _element_texts(element: Mapping[str, Any]) -> list[str]:
    if element["tag"] == "chart":
        spec = element["chart_spec"]
        values = spec["data"]["values"] if isinstance(spec["data"], dict) else spec["data"][0]["values"]
        return [f"[图表 {spec['type']}，{len(values)} 个数据点]"]
    if element["tag"] == "button":
        return [f"[按钮 {element['text']['content']}]"]
    inner = [text for child in element.get("elements", ()) for text in _element_texts(child)]
    return [element["content"], *inner] if "content" in element else inner


def cell_text(cell: Any) -> str:
    """A cell as a person reads it."""
    if cell is None:
        return ""
    if isinstance(cell, list):
        return "、".join(cell_text(part) for part in cell)
    if isinstance(cell, dict):
        return str(cell.get("text") or cell.get("name") or "、".join(cell.get("link_record_ids", ())))
    if isinstance(cell, float):
        return f"{cell:g}"
    return f"{datetime.fromtimestamp(cell / 1000, ZONE):%m-%d %H:%M}" if _is_time(cell) else str(cell)


def _in_column(column: str, cell: Any) -> str:
    is_share = column.endswith(("率", "占比")) and isinstance(cell, int | float)
    return f"{cell:.1%}" if is_share else cell_text(cell)


def _is_time(cell: Any) -> bool:
    return isinstance(cell, int) and not isinstance(cell, bool) and cell > 10**12
