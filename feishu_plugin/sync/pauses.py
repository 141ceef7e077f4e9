"""What rests when the base lacks a table, a column or an option; the remaining rules go on. Pure."""

from dataclasses import replace

from feishu_plugin.binding import Binding
from feishu_plugin.language import Phrase
from feishu_plugin.policy import Move, Policy
from feishu_plugin.schema import Schema

_NEEDED = {
    "transition": ("流转不再留痕", "moves are not written down"),
    "notice": ("通知不再留痕", "notices are not written down"),
}


def can_enforce(binding: Binding) -> bool:
    """False when there is no register or no status column to watch."""
    register = binding.tables.get("requirement")
    return register is not None and "status" in register.fields


def lost_statuses(binding: Binding) -> frozenset[str]:
    """Statuses that the base knows no more: nothing can be judged from them or put back to them."""
    prefix = "requirement.status."
    return frozenset(key.removeprefix(prefix) for key in binding.missing if key.startswith(prefix))


def rest(policy: Policy, binding: Binding) -> Policy:
    """The policy without what the base cannot support right now.

    A move that asks for a lost column is only observed: putting people's work back for a
    field they cannot fill would be worse than not enforcing it. A move from or to a lost status
    is none: were the plugin to make it, Feishu would make the option anew behind people's backs.
    """
    gone = lost_statuses(binding)
    lost = {key.split(".")[1] for key in binding.missing if key.startswith("requirement.")}
    return replace(
        policy,
        moves=tuple(
            _observed(move) if _asks_for(move) & lost else move
            for move in policy.moves
            if gone.isdisjoint((move.from_status, move.to_status))
        ),
        rule_fields=tuple(key for key in policy.rule_fields if key not in lost),
    )


def in_words(policy: Policy, binding: Binding, schema: Schema) -> tuple[Phrase, ...]:
    """One line for everything that rests: what is missing, what follows, what to do."""
    lines = [_line(schema, key) for key in binding.missing]
    lost = {key.split(".")[1] for key in binding.missing if key.startswith("requirement.")}
    for move in policy.moves:
        if asked := sorted(_asks_for(move) & lost):
            edge = f"{policy.label('status', move.from_status)}→{policy.label('status', move.to_status)}"
            lines.append(_only_observed(edge, "、".join(policy.label(key) for key in asked)))
    return tuple(lines)


def _only_observed(edge: str, names: str) -> Phrase:
    return Phrase(
        f"流转 {edge} 只观察、不退回：缺少 {names}", f"move {edge} is only observed: it asks for {names}"
    )


def _line(schema: Schema, key: str) -> Phrase:
    table, _, rest_of_key = key.partition(".")
    name = schema.table(table).zh
    if not rest_of_key:
        zh, en = _NEEDED.get(table, ("需要它的功能暂停", "what needs it rests"))
        return Phrase(
            f"缺少数据表「{name}」：{zh}，请运行 feishu-plugin apply",
            f"table {name} ({key}) is missing: {en}; run feishu-plugin apply",
        )
    field, _, option = rest_of_key.partition(".")
    label = f"{name}·{schema.label(table, field, option or None)}"
    if option and (table, field) == ("requirement", "status"):
        return Phrase(
            f"缺少选项「{label}」：此状态的需求暂不判定，其余照常，请运行 feishu-plugin apply",
            f"option {label} ({key}) is missing: requirements in it wait, all others go on; "
            "run feishu-plugin apply",
        )
    zh, en = ("选项", "option") if option else ("列", "column")
    lost, gone = ("缺少", "is missing") if option else ("缺少或类型已变：", "is missing or of another type")
    return Phrase(
        f"{lost}{zh}「{label}」：相关功能暂停，请运行 feishu-plugin apply",
        f"{en} {label} ({key}) {gone}: what needs it rests; run feishu-plugin apply",
    )


def _asks_for(move: Move) -> set[str]:
    return {*move.required, *(condition.field for condition in move.conditions)}


def _observed(move: Move) -> Move:
    return replace(move, mode="observe") if move.mode == "enforce" else move
