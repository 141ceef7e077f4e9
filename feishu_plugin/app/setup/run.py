"""What the steps of one ``init`` share: the person, what is known so far, and where it is kept."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from feishu_plugin import settings as all_settings
from feishu_plugin.app.compose import gateway
from feishu_plugin.app.doctor.case import HASTE
from feishu_plugin.app.setup.env_file import EnvFile
from feishu_plugin.app.setup.talk import Talk
from feishu_plugin.errors import SettingsError
from feishu_plugin.gateway.http import Feishu
from feishu_plugin.language import Phrase
from feishu_plugin.settings import Settings
from feishu_plugin.store.store import Store
from feishu_plugin.sync.structure.apply import OnStep

APP_ID, SECRET, BASE = "FEISHU_APP_ID", "FEISHU_APP_SECRET", "FEISHU_BASE_TOKEN"
ADMINISTRATORS = "FEISHU_PLUGIN_ADMINISTRATORS"
_SHOWN = (APP_ID, BASE, ADMINISTRATORS)
TRIES = 3
"""How often a person is asked for the same."""
_FACT = "setup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the command line says beforehand; empty is asked for."""

    app_id: str = ""
    administrators: str = ""
    base: str = ""
    """Address or token of a base that is there already."""
    base_name: str = ""
    """Name of a base to make."""


@dataclass(kw_only=True)
class Run:
    """One ``init``."""

    talk: Talk
    wishes: Wishes
    file: EnvFile
    bar: Callable[[], AbstractContextManager[OnStep]]
    """Shows how far ``apply`` is."""
    values: dict[str, str] = field(default_factory=dict)
    """What is known so far, by name of the setting."""

    def settings(self) -> Settings:
        """The settings as far as they are known; SettingsError when something is wrong with them."""
        return all_settings.load(also=self.values)

    @contextmanager
    def feishu(self) -> Iterator[Feishu]:
        """An impatient way to Feishu."""
        found = gateway(self.settings(), patience=HASTE)
        try:
            yield found
        finally:
            found.close()

    def keep(self, **values: str) -> None:
        """Puts settings into ``.env``; another value that stands there is replaced only by consent."""
        there = self.file.values()
        news = {
            name: value
            for name, value in values.items()
            if there.get(name) != value and not all_settings.is_mounted(name)
        }
        for name, value in news.items():
            if name in there and not self.talk.agrees(_replaces(self.file.path, name, there[name], value)):
                raise SettingsError(
                    Phrase(
                        f"{self.file.path} 里的 {name} 保持不变；请在另一个文件夹里运行 `feishu-plugin init`",
                        f"{self.file.path} keeps its {name}; run `feishu-plugin init` in another folder",
                    )
                )
        self.values |= values
        if news:
            self.file.put(news)

    def recalled(self) -> Mapping[str, Any]:
        """What ``note`` kept for this app: ``console``, ``made`` (base token), ``shared`` (open_ids)."""
        settings = self.settings()
        store = Store(settings.database)
        try:
            return store.recall(settings.app_id, _FACT) or {}
        finally:
            store.close()

    def note(self, **done: Any) -> None:
        """Keeps in the store what was done."""
        known, settings = self.recalled(), self.settings()
        store = Store(settings.database)
        try:
            store.keep(settings.app_id, _FACT, {**known, **done})
        finally:
            store.close()


def _replaces(file: Path, name: str, old: str, new: str) -> Phrase:
    """The question; a secret is not shown."""
    if name not in _SHOWN:
        return Phrase(f"替换 {file} 里的 {name}（不显示）？", f"Replace {name} in {file} (not shown)?")
    return Phrase(f"替换 {file} 里的 {name}：{old} → {new}？", f"Replace {name} in {file}: {old} → {new}?")
