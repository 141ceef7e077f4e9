"""The file ``.env``: a few settings put into it at once, everything else in it left as it is."""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

from feishu_plugin.errors import SettingsError
from feishu_plugin.language import Phrase

_PLAIN = re.compile(r"[\w./:@,+=-]*", re.ASCII)
_FOR_THE_OWNER = 0o600


@dataclass(frozen=True, slots=True)
class EnvFile:
    """One such file; it need not exist."""

    path: Path

    def values(self) -> Mapping[str, str]:
        """What is set in it."""
        found = dotenv_values(self.path, interpolate=False) if self.path.exists() else {}
        return {name: value for name, value in found.items() if value}

    def put(self, values: Mapping[str, str]) -> None:
        """Sets these; whoever reads meanwhile sees the old file or the new one, never half of it.

        The file is for its owner only (0600). SettingsError when it cannot be written.
        """
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
        for name, value in values.items():
            lines = _with(lines, name, _quoted(name, value))
        try:
            _replace(self.path.resolve(), "".join(f"{line}\n" for line in lines))
        except OSError as error:
            raise SettingsError(
                Phrase(
                    f"{self.path} 写不进去（{error.strerror}）：请在可写的文件夹里运行",
                    f"{self.path} cannot be written ({error.strerror}): "
                    "run this in a folder that you may write",
                )
            ) from error


def _with(lines: list[str], name: str, value: str) -> list[str]:
    """The lines with this setting once: where it stood, or at the end."""
    there = re.compile(rf"\s*(export\s+)?{re.escape(name)}\s*=")
    places = [place for place, line in enumerate(lines) if there.match(line)]
    if not places:
        return [*lines, f"{name}={value}"]
    kept = [line for place, line in enumerate(lines) if place not in places[1:]]
    kept[places[0]] = f"{name}={value}"
    return kept


def _quoted(name: str, value: str) -> str:
    if "\n" in value or "\r" in value:
        raise SettingsError(Phrase(f"{name}：值只能有一行", f"{name}: a value has one line only"))
    if "${" in value:  # whoever reads the file would put another setting in its place
        raise SettingsError(
            Phrase(
                f"{name}：.env 里不能写 ${{；请写进环境变量",
                f"{name}: ${{ cannot stand in .env; set it in the environment",
            )
        )
    if _PLAIN.fullmatch(value):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _replace(path: Path, text: str) -> None:
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with os.fdopen(
            os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FOR_THE_OWNER), "w", encoding="utf-8"
        ) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        with suppress(OSError):
            new.unlink()
        raise
