"""Figures in words, in both languages; pure."""

from collections.abc import Mapping
from typing import Literal

from feishu_plugin.reports.figures import Figure, Unit

Language = Literal["zh", "en"]
NOTHING = "–"

_PATTERNS: Mapping[tuple[Unit, Language], str] = {
    ("count", "zh"): "{:.0f}",
    ("count", "en"): "{:.0f}",
    ("share", "zh"): "{:.1%}",
    ("share", "en"): "{:.1%}",
    ("workdays", "zh"): "{:.2f} 个工作日",
    ("workdays", "en"): "{:.2f} workdays",
    ("hours", "zh"): "{:.1f} 小时",
    ("hours", "en"): "{:.1f} h",
    ("points", "zh"): "{:.2f} 分",
    ("points", "en"): "{:.2f} of 5",
}


def amount(value: float | None, unit: Unit, language: Language) -> str:
    """``0.925`` of unit share: ``92.5%``; nothing measured: a dash."""
    return NOTHING if value is None else _PATTERNS[unit, language].format(value)


def shown(figure: Figure, language: Language) -> str:
    """The value with its unit."""
    return amount(figure.value, figure.unit, language)


def aim(figure: Figure, language: Language) -> str:
    """The target with its direction, for example ``≥ 90.0%``."""
    if figure.target is None:
        return NOTHING
    return ("≤ " if figure.at_most else "≥ ") + amount(figure.target, figure.unit, language)


def verdict(figure: Figure, language: Language) -> str:
    """Met or not, in words."""
    words = {
        ("zh", True): "达标",
        ("zh", False): "未达标",
        ("en", True): "met",
        ("en", False): "not met",
    }
    return NOTHING if figure.met is None else words[language, figure.met]
