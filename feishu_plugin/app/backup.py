"""``backup``: a copy of the state database while ``serve`` runs, and putting one back after a loss."""

from pathlib import Path

from feishu_plugin.app.clocks import SystemClock
from feishu_plugin.app.jobs import Outcome
from feishu_plugin.errors import BackupError, SettingsError
from feishu_plugin.language import Phrase, counted
from feishu_plugin.ports import Clock
from feishu_plugin.settings import Settings
from feishu_plugin.store import Store
from feishu_plugin.store import backup as copies
from feishu_plugin.sync.aged import FACT


def back_up(settings: Settings, file: Path) -> Outcome:
    """Copies the database as it is at this moment; the service may go on."""
    source = copies.local_file(settings.database, "backup")
    copies.copy_to(source, file)
    size = file.stat().st_size
    return Outcome(
        text=str(
            Phrase(
                f"已备份：{source} → {file}（{size:,} 字节，已校验）",
                f"backed up: {source} → {file} ({size:,} bytes, checked)",
            )
        ),
        data={"database": str(source), "file": str(file), "bytes": size},
    )


def restore(settings: Settings, file: Path, *, force: bool, clock: Clock | None = None) -> Outcome:
    """Puts a copy back in place of the database; what was there is kept beside it.

    The copy is checked, brought to the newest schema and marked in a file of its own first, so
    that the database is either as it was or wholly the restored one.
    """
    target = copies.local_file(settings.database, "restore")
    copies.check(file)
    if target.exists() and not force:
        _refuse_if_used(settings.database)
    at = (clock or SystemClock()).now()
    kept = target.with_name(f"{target.name}.before-restore-{at:%Y%m%dT%H%M%SZ}")
    if target.exists():
        copies.keep(target, kept)
    made = target.with_name(f"{target.name}.restoring")
    try:
        made.unlink(missing_ok=True)
        copies.copy_to(file, made)
        bases = _marked(f"sqlite:///{made}")
        copies.put_back(made, target)
    finally:
        for left in target.parent.glob(f"{made.name}*"):
            left.unlink()
    head = Phrase(f"已还原：{file} → {target}", f"restored: {file} → {target}")
    return _restored(bases, head, [kept] if kept.exists() else [])


def mark(settings: Settings, *, force: bool) -> Outcome:
    """Only says that this database was put back, however that was done (``pg_restore``)."""
    if not force:
        _refuse_if_used(settings.database)
    return _restored(_marked(settings.database), Phrase("已登记", "noted"), [])


def _marked(url: str) -> list[str]:
    store = Store(url)
    try:
        return store.mark_restored(FACT, {"open": True})
    finally:
        store.close()


def _refuse_if_used(url: str) -> None:
    """A damaged database cannot say so, and is what a restore is for."""
    try:
        store = Store(url)
    except SettingsError:
        return
    try:
        held = store.held_leases()
    finally:
        store.close()
    if held:
        raise BackupError(
            Phrase(
                f"数据库正在使用（{', '.join(held)}）：请先停止 serve；若是崩溃，12 秒内会自动释放。"
                "--force 不管这些",
                f"the database is in use ({', '.join(held)}): stop serve first; after a crash the lease ends "
                "within 12 seconds. --force takes no notice of it",
            )
        )


def _restored(bases: list[str], head: Phrase, kept: list[Path]) -> Outcome:
    count = len(bases)
    lines = [
        head,
        *(Phrase(f"原来的数据库保留在：{one}", f"what was there is kept in: {one}") for one in kept),
        Phrase(
            f"{count} 个多维表格会在下次 serve 或 sync 时先与表格核对，之后才判定和发送",
            f"the next serve or sync first compares {counted(count, 'base')} with the tables, "
            "before anything is judged or sent",
        ),
    ]
    return Outcome(text="\n".join(map(str, lines)), data={"bases": bases, "kept": [str(one) for one in kept]})
