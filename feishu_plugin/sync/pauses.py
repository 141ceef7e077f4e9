"""What rests when the base lacks a table, a column or an option; the remaining rules go on. Pure."""

from dataclasses import replace

from feishu_plugin.binding import Binding
from feishu_plugin.policy import Move, Policy
from feishu_plugin.schema import Schema

_NEEDED = {
    "transition": "状态流转记录 is not written",
    "notice": "通知记录 is not written",
}


def can_enforce(binding: Binding) -> bool:
    """False when there is no register or no status column to watch."""
    return not binding.lacks("requirement", "status") and "requirement" in binding.tables


def rest(policy: Policy, binding: Binding) -> Policy:
    """The policy without what the base cannot support right now.

    A move that asks for a lost column is only observed: putting people's work back for a
    field they cannot fill would be worse than not enforcing it.
    """
    lost = {key.split(".")[1] for key in binding.missing if key.startswith("requirement.")}
    return replace(
        policy,
        moves=tuple(_observed(move) if _asks_for(move) & lost else move for move in policy.moves),
        rule_fields=tuple(key for key in policy.rule_fields if key not in lost),
    )


def in_words(policy: Policy, binding: Binding, schema: Schema) -> tuple[str, ...]:
    """One line for everything that rests, naming what is missing and what to do."""
    lines = [_line(schema, key) for key in binding.missing]
    lost = {key.split(".")[1] for key in binding.missing if key.startswith("requirement.")}
    for move in policy.moves:
        asked = _asks_for(move) & lost
        if asked:
            names = ", ".join(sorted(asked))
            lines.append(f"move {move.from_status}>{move.to_status} is only observed: it asks for {names}")
    return tuple(lines)


def _line(schema: Schema, key: str) -> str:
    table, _, rest_of_key = key.partition(".")
    name = schema.table(table).zh
    if not rest_of_key:
        consequence = _NEEDED.get(table, "everything that needs it rests")
        return f"table {name} ({key}) is missing: {consequence}; run `feishu-plugin apply`"
    field, _, option = rest_of_key.partition(".")
    label = schema.label(table, field, option or None)
    if option:
        return (
            f"option {name}·{label} ({key}) is missing: what depends on it rests; run `feishu-plugin apply`"
        )
    lost = "is missing or has another type"
    return f"column {name}·{label} ({key}) {lost}: what depends on it rests; run `feishu-plugin apply`"


def _asks_for(move: Move) -> set[str]:
    return {*move.required, *(condition.field for condition in move.conditions)}


def _observed(move: Move) -> Move:
    return replace(move, mode="observe") if move.mode == "enforce" else move
