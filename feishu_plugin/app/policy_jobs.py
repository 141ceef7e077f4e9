"""What ``policy export / import / diff / whatif`` do. Each answers a value that prints itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from feishu_plugin.app.compose import Office, desk_for
from feishu_plugin.app.jobs import Outcome
from feishu_plugin.app.whole_file import write_whole
from feishu_plugin.errors import PolicyError
from feishu_plugin.language import Phrase
from feishu_plugin.packaged import packaged_rows
from feishu_plugin.policy_rows import Rows
from feishu_plugin.records import Record, Requirement, Values
from feishu_plugin.reports.whatif import RankChange, rank_changes
from feishu_plugin.schema import Schema
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.policy_source import live_rows, load_policy, with_packaged
from feishu_plugin.sync.rulebook.differences import Differences, differences
from feishu_plugin.sync.rulebook.importing import ImportPlan, carry_out, plan_import, policy_of
from feishu_plugin.sync.rulebook.layout import Raw, read_file, to_text, values_of

_POLICY = Phrase("规则", "policy")
_COUNTED = {"added": "新增", "changed": "修改", "removed": "删除", "kept": "保留", "unchanged": "未变"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """The file that was, or is to be, written; ``note`` says which rules it holds."""

    file: str
    note: Phrase
    data: Mapping[str, Any]


def export(office: Office, app_token: str, path: Path | None) -> Exported:
    """The rules that count in this base in the layout of ``policy.json``, written to ``path`` if given."""
    desk = desk_for(office, app_token)
    rows = values_of(with_packaged(live_rows(desk.tables), office.schema))
    text = to_text(rows, office.schema)
    if path is not None:
        _write(path, text)
    count = sum(map(len, rows.values()))
    version = desk.policy.version
    waits = Phrase("（有错误行，仍执行上一版）", " (the last good version is in force)")
    note = Phrase(
        f"规则 {version}：{count} 行{waits.zh if desk.problems else ''}",
        f"policy {version}: {count} rows{waits.en if desk.problems else ''}",
    )
    return Exported(file=text, note=note, data={"base_token": app_token, "policy": version, "rows": count})


def import_(office: Office, app_token: str, path: Path, *, prune: bool, dry_run: bool) -> Outcome:
    """Brings the policy tables in line with a file, or says what that would change."""
    desk = desk_for(office, app_token)
    plan = plan_import(read_file(path), live_rows(desk.tables), desk.tables, office.schema, prune=prune)
    before = desk.policy.version
    if not dry_run:
        carry_out(desk.tables, plan, office.clock.now().isoformat())
    after = before if dry_run else load_policy(desk.tables, desk.store, office.schema).policy.version
    return _imported(office, app_token, plan, (before, after), dry_run=dry_run)


def diff(office: Office, app_token: str, path: Path | None) -> Outcome:
    """The base against a file (what an import would do), or against the packaged rules."""
    desk = desk_for(office, app_token)
    live = live_rows(desk.tables)
    found = _against_file(office, desk, live, path) if path else _against_packaged(live, office.schema)
    lines = list(found.lines(office.schema)) or [str(Phrase("没有差异", "no differences"))]
    changes = [change.data for change in found.changes]
    data = {"base_token": app_token, "policy": desk.policy.version, "changes": changes}
    return Outcome(text="\n".join([f"{_POLICY} {desk.policy.version}", *lines]), data=data)


def whatif(
    office: Office, app_token: str, path: Path | None, settings: Sequence[str], limit: int | None
) -> Outcome:
    """The rank changes of open requirements under a file, or under some parameters set otherwise."""
    desk = desk_for(office, app_token)
    live = live_rows(desk.tables)
    raw: Raw = read_file(path) if path else {}
    wanted = policy_of(_with_settings(raw, live, settings, office.schema), live, desk.tables, office.schema)
    rows = (Requirement.of(row) for page in desk.tables.scan("requirement") for row in page)
    changes = rank_changes(rows, desk.policy, wanted, office.clock.now())
    shown = changes if limit is None else changes[:limit]
    count = len(changes)
    head = Phrase(f"{count} 条需求的排序或等级会变", f"{count} requirements change their rank or level")
    text = "\n".join([str(head), *(_rank_line(desk, change) for change in shown)])
    data = {"base_token": app_token, "count": len(changes), "changes": [change.data for change in shown]}
    return Outcome(text=text, data=data)


def _write(path: Path, text: str) -> None:
    try:
        write_whole(path, text)
    except OSError as error:
        raise PolicyError(
            Phrase(
                f"{path}：写不了（{error.strerror}）；请换个地方",
                f"{path}: cannot be written ({error.strerror}); choose another place",
            )
        ) from error


def _against_file(office: Office, desk: Desk, live: Rows, path: Path) -> Differences:
    return plan_import(read_file(path), live, desk.tables, office.schema, prune=True).differences


def _against_packaged(live: Rows, schema: Schema) -> Differences:
    shipped = packaged_rows(schema)
    packaged = {t: [Record(record_id="", values=v) for v in rows] for t, rows in shipped.items()}
    return differences(values_of(with_packaged(live, schema)), packaged)


def _imported(
    office: Office, app_token: str, plan: ImportPlan, versions: tuple[str, str], *, dry_run: bool
) -> Outcome:
    counts, (before, after) = plan.counts(), versions
    zh = "，".join(f"{_COUNTED.get(what, what)} {count}" for what, count in counts.items())
    en = ", ".join(f"{count} {what}" for what, count in counts.items())
    head = Phrase(
        f"{app_token}：{'试算，' if dry_run else ''}{zh}；规则 {before} → {after}",
        f"{app_token}: {'dry run, ' if dry_run else ''}{en}; policy {before} → {after}",
    )
    kept = Phrase(
        "文件里没有的行仍保留；加 --prune 删除", "rows the file lacks were kept; --prune removes them"
    )
    tail = [str(kept)] if counts.get("kept") else []
    data = {
        "base_token": app_token,
        "policy": after,
        "policy_before": before,
        **counts,
        "changes": [change.data for change in plan.differences.changes],
    }
    return Outcome(text="\n".join([str(head), *plan.differences.lines(office.schema), *tail]), data=data)


def _with_settings(raw: Raw, live: Rows, settings: Sequence[str], schema: Schema) -> Raw:
    """The file with some parameters set otherwise; what it does not say stays as it is in the base."""
    if not settings:
        return raw
    here = raw.get("parameter") or [dict(row) for row in values_of(with_packaged(live, schema))["parameter"]]
    rows = {str(row.get("key")): row for row in here}
    for setting in settings:
        key, found, value = setting.partition("=")
        if not found:
            raise PolicyError(
                Phrase(
                    f"--set {setting}：请写成 key=value，如 weight_scope=0.3",
                    f"--set {setting}: write key=value, for example weight_scope=0.3",
                )
            )
        rows[key.strip()] = {"key": key.strip(), "value": value.strip()}
    return {**raw, "parameter": list(rows.values())}


def _rank_line(desk: Desk, change: RankChange) -> str:
    def at(values: Values) -> str:
        priority = desk.policy.label("priority", str(values["priority"]))
        rank, score, level = values["rank"], values["score"], values["level"]
        return str(
            Phrase(
                f"#{rank} {score} 分 {level} 级 {priority}", f"#{rank} score {score} level {level} {priority}"
            )
        )

    now, then = change.data["now"], change.data["then"]
    return f"{change.up:+d}  {change.number or change.record_id} {change.title}: {at(now)} → {at(then)}"
