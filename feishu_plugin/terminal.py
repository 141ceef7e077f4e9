"""What the environment says of the person in front: their language, and what their terminal can show."""

import os
from collections.abc import Mapping
from typing import TextIO

from dotenv import dotenv_values

from feishu_plugin.language import Language

LANGUAGE_SETTING = "FEISHU_PLUGIN_LANGUAGE"
_LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""In the order in which they count, as POSIX has it."""


def wanted_language() -> Language:
    """What the setting says, in the environment or in ``.env``; without it what the locale says."""
    found = {**dotenv_values(".env"), **os.environ}
    return language_of({key: value for key, value in found.items() if value})


def language_of(environment: Mapping[str, str]) -> Language:
    """Chinese where the locale is Chinese, English everywhere else, also for C, POSIX and no locale.

    >>> language_of({"LANG": "zh_CN.UTF-8"}), language_of({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"})
    ('zh', 'en')
    """
    wanted = environment.get(LANGUAGE_SETTING, "")
    if wanted in ("zh", "en"):
        return "zh" if wanted == "zh" else "en"
    locale = next((environment[name] for name in _LOCALES if environment.get(name)), "")
    return "zh" if locale.lower().startswith("zh") else "en"


def has_colours(stream: TextIO) -> bool:
    """NO_COLOR turns them off, FORCE_COLOR on; else a terminal that is not dumb has them."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or is_watched(stream)


def is_watched(stream: TextIO) -> bool:
    """True for a terminal that can draw over what it drew."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"
